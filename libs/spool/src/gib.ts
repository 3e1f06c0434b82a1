const MIB = 1024 * 1024;
const GIB = 1024 * MIB;

/** For operators: `1.5 GiB`, `20 MiB`. */
export const gib = (bytes: number): string => (bytes >= GIB ? `${(bytes / GIB).toFixed(1)} GiB` : `${Math.ceil(bytes / MIB)} MiB`);
