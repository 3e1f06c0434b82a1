import { NoSpoolMetrics } from '@app/spool';

/** What became of a volume's messages: found = delivered + deadLettered + expired + parked + lost + what still waits. */
export interface DrainAccount {
  readonly found: number;
  readonly delivered: number;
  /** No topic takes them but the dead-letter topic, with the reason. */
  readonly deadLettered: number;
  /** Older than SPOOL_MAX_AGE_HOURS. */
  readonly expired: number;
  /** Refused by the dead-letter topic as well, and put aside. */
  readonly parked: number;
  /** Damaged on disk. */
  readonly lost: number;
}

export class DrainTally extends NoSpoolMetrics {
  readonly #account = { found: 0, delivered: 0, deadLettered: 0, expired: 0, parked: 0, lost: 0 };

  get account(): DrainAccount {
    return { ...this.#account };
  }

  /** Those that were parked and are released. */
  override spooled(messages: number): void {
    this.#account.found += messages;
  }

  override recovered(messages: number): void {
    this.#account.found += messages;
  }

  override drained(messages: number): void {
    this.#account.delivered += messages;
  }

  override deadLettered(messages: number): void {
    this.#account.deadLettered += messages;
  }

  override spoolExpired(messages: number): void {
    this.#account.expired += messages;
  }

  override parked(messages: number): void {
    this.#account.parked += messages;
  }

  override dropped(messages: number): void {
    this.#account.lost += messages;
  }
}
