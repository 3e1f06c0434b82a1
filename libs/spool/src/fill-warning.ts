/** Shares of the limit at which an operator is told, the higher one first. */
const STEPS = [0.9, 0.7];
/** So far it must sink before it is told again. */
const HYSTERESIS = 0.05;

/** Tells once when a log comes near its limit. */
export class FillWarning {
  #told = 0;

  /** @returns the share that has just been reached: 0.7 or 0.9 */
  reached(bytes: number, limit: number): number | undefined {
    const share = bytes / limit;
    const step = STEPS.find((one) => share >= one) ?? 0;
    if (step > this.#told) return (this.#told = step);
    if (share < this.#told - HYSTERESIS) this.#told = step;
    return undefined;
  }
}
