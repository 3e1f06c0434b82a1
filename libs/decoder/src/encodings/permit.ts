/** How many inflations may run off the loop at once: the thread pool has four threads, the log needs one of them. */
const PERMITS = 2;

let running = 0;
const waiting: (() => void)[] = [];

/** Runs `work` once fewer than the permitted number of others run. */
export async function withPermit<T>(work: () => Promise<T>): Promise<T> {
  if (running >= PERMITS) await new Promise<void>((resolve) => waiting.push(resolve));
  running++;
  try {
    return await work();
  } finally {
    running--;
    waiting.shift()?.();
  }
}
