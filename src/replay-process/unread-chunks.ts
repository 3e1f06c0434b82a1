import type { Writable } from 'node:stream';

const MANY_BYTES = 64 * 2 ** 20;
const MANY = 10_000;
const TOO_MANY = 100_000;

/**
 * Chunks that a process was sent and has not read. While their clients wait, they are in the budget of bytes in flight; those of
 * clients that have gone are not, and a process that reads nothing must not have them heap up here.
 */
export class UnreadChunks {
  #count = 0;

  /** @param limitBytes more than chunks of clients that wait can be */
  constructor(
    private readonly pipe: Writable,
    private readonly limitBytes: number,
  ) {}

  sent(): void {
    this.#count++;
  }

  readonly taken = (): void => {
    this.#count--;
  };

  /** So many that there should be no more. */
  get areMany(): boolean {
    return this.#count > MANY || this.pipe.writableLength > MANY_BYTES;
  }

  /** More than a process that reads at all can have left. */
  get areTooMany(): boolean {
    return this.#count > TOO_MANY || this.pipe.writableLength > this.limitBytes;
  }
}
