const FIRST_MS = 500;
const LONGEST_MS = 30_000;
/** Who lived this long did not die of its start. */
const STEADY_MS = 60_000;

/** When the next one of a worker's processes, or of those for recordings, is started: later the more of them in a row died early. */
export class RestartPace {
  #early = 0;

  /** @param lifeMs how long the last one lived @returns milliseconds until the next one is started */
  delayAfter(lifeMs: number): number {
    this.#early = lifeMs < STEADY_MS ? this.#early + 1 : 0;
    return this.#early === 0 ? 0 : Math.min(LONGEST_MS, FIRST_MS * 2 ** (this.#early - 1));
  }
}
