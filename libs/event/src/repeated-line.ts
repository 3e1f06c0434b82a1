/** Lets one of many equal log lines through every so often, and tells how many it stands for. */
export class RepeatedLine {
  #count = 0;
  #quietUntil = -Infinity;

  constructor(private readonly everyMs: number) {}

  /** @returns how often it happened since the last line; 0 when there is to be none now */
  add(times = 1): number {
    this.#count += times;
    const now = performance.now();
    if (now < this.#quietUntil) return 0;
    const count = this.#count;
    this.#count = 0;
    this.#quietUntil = now + this.everyMs;
    return count;
  }
}
