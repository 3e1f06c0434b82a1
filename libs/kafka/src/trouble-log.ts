import type { Logger } from '@nestjs/common';

const EVERY_MS = 10_000;

/** Says that something goes wrong, and how often, without a line for each time. */
export class TroubleLog {
  #count = 0;
  #quietUntil = -Infinity;

  constructor(
    private readonly logger: Logger,
    private readonly what: string,
  ) {}

  /** `detail` is of the last time, and must not hold anything of a client's. */
  add(count: number, detail: string): void {
    this.#count += count;
    const now = performance.now();
    if (now < this.#quietUntil) return;
    this.logger.error(`${this.#count} ${this.what}, ${detail}`);
    this.#quietUntil = now + EVERY_MS;
    this.#count = 0;
  }
}
