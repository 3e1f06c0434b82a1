/** In how many windows the patience is divided. */
export const WINDOWS = 12;

/**
 * Blocked is a loop of which each of twelve windows in a row had a turn that took too long. Windows are counted, not
 * time: a process that was stopped, or whose machine slept, has one bad window however long that was.
 */
export class BlockedWindows {
  #inARow = 0;
  worstMs = 0;

  constructor(private readonly limitMs: number) {}

  get isBlocked(): boolean {
    return this.#inARow >= WINDOWS;
  }

  /** A window is over. @param worstMs its longest turn */
  ended(worstMs: number): void {
    this.worstMs = worstMs;
    this.#inARow = worstMs > this.limitMs ? this.#inARow + 1 : 0;
  }
}
