import type { Logger } from '@nestjs/common';
import { RepeatedLine } from '@app/event';

const EVERY_MS = 10_000;

/** Says that something goes wrong, and how often, without a line for each time. */
export class TroubleLog {
  readonly #line = new RepeatedLine(EVERY_MS);

  constructor(
    private readonly logger: Logger,
    private readonly what: string,
  ) {}

  /** `detail` is of the last time, and must not hold anything of a client's. */
  add(count: number, detail: string): void {
    const times = this.#line.add(count);
    if (times > 0) this.logger.error(`${times} ${this.what}, ${detail}`);
  }
}
