import { FillWarning } from './fill-warning.js';
import { gib } from './gib.js';
import type { Retention } from './retention.js';
import { StorageError } from './storage-error.js';

/** How full a log is of what it may hold. Says so in time, and refuses what goes beyond if nothing may be deleted. */
export class LogFill {
  /** The last append was refused because the log is full. */
  isFull = false;
  readonly #warning = new FillWarning();

  constructor(
    private readonly directory: string,
    private readonly retention: Retention,
    private readonly notice: (message: string) => void,
  ) {}

  get limit(): number {
    return this.retention.bytes;
  }

  /**
   * @param held bytes that are in the log, or on their way
   * @returns why there is no room for so many more; undefined when there is
   */
  refusal(held: number, more: number): StorageError | undefined {
    const { bytes: limit, whenFull } = this.retention;
    if (whenFull === 'refuse' && held + more > limit) {
      const error = new StorageError('full', `the log is full: it may hold ${gib(limit)} (EMBEDDED_LOG_MAX_BYTES)`);
      if (!this.isFull) this.notice(`${this.directory}: ${error.message}. ${WAY_OUT}. Until then events are refused with 503`);
      this.isFull = true;
      return error;
    }
    if (this.isFull) this.notice(`${this.directory}: the log has room again`);
    this.isFull = false;
    this.warn(held + more);
    return undefined;
  }

  warn(held: number): void {
    const { bytes: limit, whenFull } = this.retention;
    const share = this.#warning.reached(held, limit);
    if (share === undefined) return;
    const then = whenFull === 'refuse' ? `then events are refused with 503. ${WAY_OUT}` : 'then the oldest events are deleted';
    this.notice(`${this.directory}: the log is ${share * 100} % full of ${gib(limit)} (EMBEDDED_LOG_MAX_BYTES); ${then}`);
  }
}

export const WAY_OUT = 'Raise EMBEDDED_LOG_MAX_BYTES, or set EMBEDDED_LOG_FULL=delete_oldest';
