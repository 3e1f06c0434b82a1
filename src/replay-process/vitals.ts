import { readFileSync } from 'node:fs';

/** Linux counts a process's time in hundredths of a second for whoever reads it, whatever its own clock does. */
const TICK_MS = 10;
/** All processors that we run on but some of Arm's have pages of this size; there it is taken for less than it is. */
const PAGE_BYTES = 4096;

/** What the system knows of another process. */
export interface Vitals {
  /** Processor time of its first thread, which is the one that runs JavaScript. */
  cpuMs(): number;
  /** What it has of the memory. */
  residentBytes(): number;
}

/** Both are 0 where the system does not tell: anywhere but on Linux. */
export function vitalsOf(pid: number): Vitals {
  return {
    cpuMs() {
      const stat = read(`/proc/${pid}/task/${pid}/stat`);
      // The name of the program before it may hold anything.
      const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
      return (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK_MS;
    },
    residentBytes: () => Number(read(`/proc/${pid}/statm`).split(' ')[1] ?? 0) * PAGE_BYTES,
  };
}

function read(file: string): string {
  try {
    return readFileSync(file, 'latin1');
  } catch {
    return '';
  }
}
