const FIRST_MS = 500;
const LONGEST_MS = 30_000;
/** A worker that lived this long did not die of its start. */
export const STEADY_MS = 60_000;

/** @param early how many processes in a row died within a minute @returns milliseconds until the next one is started */
export function restartDelay(early: number): number {
  return early === 0 ? 0 : Math.min(LONGEST_MS, FIRST_MS * 2 ** (early - 1));
}
