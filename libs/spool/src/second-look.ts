/** Ticks double between two looks at what could not be read, up to so many. */
const MOST_TICKS = 60;

/** When to read again what the disk did not give back: after 1 tick, 2, 4, up to 60. A look reads whole files. */
export class SecondLook {
  #left = 1;
  #step = 1;

  /** Called every tick. @returns whether it is time */
  isDue(): boolean {
    if (--this.#left > 0) return false;
    this.#step = Math.min(this.#step * 2, MOST_TICKS);
    this.#left = this.#step;
    return true;
  }
}
