import { collectGarbage } from './allocated-by.js';

export interface SizedCpu {
  /** Of the input. */
  readonly bytes: number;
  /** CPU of the process, milliseconds: the least of several runs. */
  readonly cpuMs: number;
}

export interface GrowthOptions {
  /** The largest input, bytes: the limit of what is tried, or a stated smaller size. */
  readonly most: number;
  readonly runs?: number;
  /** Less than this is noise, milliseconds. */
  readonly floorMs?: number;
}

const RUNS = 5;
const FLOOR_MS = 15;
/** Where the climb begins: even what is quadratic takes no time yet. */
const LEAST_BYTES = 16_384;
/** One run that takes as long is not repeated. */
const LONG_MS = 1000;
/** Thrice the work for twice the size, measured at two sizes in a row: the climb ends, for the top may be hours away. */
const STEEP = 3;

/**
 * By how much the work grows when its input doubles, on the average from a quarter of the largest input to all of it: 2 is linear,
 * 4 is quadratic. Climbs there by doublings, and ends where it is steep already, so that quadratic work is seen in seconds.
 */
export async function growthOf<T>(
  inputOf: (bytes: number) => T | Promise<T>,
  work: (input: T) => unknown,
  { most, runs = RUNS, floorMs = FLOOR_MS }: GrowthOptions,
): Promise<{ readonly perDoubling: number; readonly sizes: readonly SizedCpu[] }> {
  const sizes: SizedCpu[] = [];
  let [perDoubling, before] = [0, 0];
  for (let i = Math.max(2, Math.floor(Math.log2(most / LEAST_BYTES))); i >= 0; i--) {
    const bytes = Math.floor(most / 2 ** i);
    const input = await inputOf(bytes);
    // On the way one run tells enough.
    if (i <= 2) collectGarbage();
    sizes.push({ bytes, cpuMs: await leastCpuOf(() => work(input), i > 2 ? 1 : runs) });
    const quarter = sizes.at(-3);
    if (quarter === undefined) continue;
    before = perDoubling;
    perDoubling = Math.sqrt(sizes[sizes.length - 1].cpuMs / Math.max(quarter.cpuMs, floorMs));
    if (perDoubling >= STEEP && before >= STEEP) break;
  }
  return { perDoubling, sizes };
}

/** CPU of the whole process while `work` runs, milliseconds; the least of several runs. */
export async function leastCpuOf(work: () => unknown, runs = RUNS): Promise<number> {
  let least = Infinity;
  for (let i = 0; i < runs && (i === 0 || least < LONG_MS); i++) {
    const before = process.cpuUsage();
    await work();
    const { user, system } = process.cpuUsage(before);
    least = Math.min(least, (user + system) / 1000);
  }
  return least;
}
