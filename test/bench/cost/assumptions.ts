import type { Assumptions } from './cost-model.ts';

/** Changed here, the page is written anew by `npm run bench -- cost`. */
export const ASSUMPTIONS: Assumptions = {
  mix: { single: 0.1, gz10: 0.5, batch100: 0.1, gzbatch100: 0.3 },
  utilisation: 0.6,
  zones: 2,
  utilisationInNeed: 0.85,
  podCpus: 1,
  podGiB: 1.25,
  podVolumeGiB: 5,
  dollarsPerCpuHour: 0.0405,
  dollarsPerGiBHour: 0.00445,
  dollarsPerVolumeGiBMonth: 0.08,
  hoursPerMonth: 730,
  dollarsPerCrossZoneGB: 0.02,
  crossZoneCopies: 1,
  lz4: 3,
  djangoPerRust: 40 / 3,
};

export const RATES = [10_000, 30_000, 100_000, 300_000, 1_000_000, 3_000_000, 10_000_000];
