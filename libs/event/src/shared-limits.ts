/** Limits on bytes that hold for two processes together: the one that serves, and the one that works on recordings for it. */
const LIMITS = ['inFlight', 'replayInFlight', 'queue', 'spool'] as const;
export type SharedLimit = (typeof LIMITS)[number];

/** What this process holds of one limit, told to the other one, and the other way round. */
export interface SharedTally {
  /** Bytes that the other process holds. */
  readonly others: number;
  /** @param bytes that this process holds now */
  tell(bytes: number): void;
}

/**
 * Two processes each keep what they hold, and what the other one has said last: no lock, nothing that a process which dies could
 * leave behind. Both may take the last bytes before they hear of each other, which costs what comes within a turn or two more
 * than the limit (src/replay-process).
 */
export class SharedLimits {
  /** Bytes that this process holds, a number for each limit. */
  readonly own = new Float64Array(LIMITS.length);
  readonly #others = new Float64Array(LIMITS.length);

  of(limit: SharedLimit): SharedTally {
    const [own, others] = [this.own, this.#others];
    const index = LIMITS.indexOf(limit);
    return {
      get others() {
        return others[index];
      },
      tell: (bytes) => {
        own[index] = bytes;
      },
    };
  }

  /** @param others what the other process holds now: its `own` */
  hear(others: Float64Array): void {
    this.#others.set(others);
  }

  /** The other process is gone, and holds nothing. */
  forgetOthers(): void {
    this.#others.fill(0);
  }
}
