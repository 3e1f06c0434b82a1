/** Limits on bytes that hold for a process as a whole, however many of its threads hold some. */
const LIMITS = ['inFlight', 'replayInFlight', 'queue', 'spool'] as const;
export type SharedLimit = (typeof LIMITS)[number];

/** What this thread holds of one limit, told to the other one, and the other way round. */
export interface SharedTally {
  /** Bytes that the other thread holds. */
  readonly others: number;
  /** @param bytes that this thread holds now */
  tell(bytes: number): void;
}

/**
 * Two threads each write what they hold into a cell of their own, and read the other's: no lock, nothing that a thread which
 * dies could leave behind. Both may take the last byte at the same instant, which costs one request more than the limit.
 */
export class SharedLimits {
  /** @param cells of both threads, an aligned number each, which a processor writes in one go */
  constructor(
    readonly cells = new Float64Array(new SharedArrayBuffer(2 * LIMITS.length * Float64Array.BYTES_PER_ELEMENT)),
    private readonly thread: 0 | 1 = 0,
  ) {}

  of(limit: SharedLimit): SharedTally {
    const { cells } = this;
    const own = this.thread * LIMITS.length + LIMITS.indexOf(limit);
    const other = (own + LIMITS.length) % cells.length;
    return {
      get others() {
        return cells[other];
      },
      tell: (bytes) => {
        cells[own] = bytes;
      },
    };
  }

  /** The other thread is gone, and holds nothing. */
  forgetOthers(): void {
    const start = (1 - this.thread) * LIMITS.length;
    this.cells.fill(0, start, start + LIMITS.length);
  }
}
