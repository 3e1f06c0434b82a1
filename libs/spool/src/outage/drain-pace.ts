import type { Clock } from '@app/event';

const MAX_PAUSE_MS = 1000;
const LOOK_EVERY_MS = 1000;
/** In a second at least this part of the backlog should go, or it takes minutes. */
const PROGRESS = 0.01;

/**
 * How much of the time the drain works. It begins with the share that it is granted, so that brokers and process have
 * the rest for new events; but the new events of the partitions it drains go through the spool as well, and if the
 * backlog does not shrink they would do so for ever: then it takes more, up to all of the time.
 */
export class DrainPace {
  #effort: number;
  #backlog = Infinity;
  #lookedAt: number;

  constructor(
    private readonly share: number,
    private readonly clock: Clock,
  ) {
    this.#effort = share;
    this.#lookedAt = clock.monotonic();
  }

  /** Milliseconds to pause after that many of work. */
  pauseAfter(workedMs: number, backlog: number): number {
    const now = this.clock.monotonic();
    if (now - this.#lookedAt >= LOOK_EVERY_MS) {
      const isShrinking = backlog < this.#backlog * (1 - PROGRESS);
      this.#effort = isShrinking ? Math.max(this.share, this.#effort * 0.95) : Math.min(1, this.#effort * 1.5 + 0.05);
      this.#backlog = backlog;
      this.#lookedAt = now;
    }
    return Math.min(MAX_PAUSE_MS, (workedMs * (1 - this.#effort)) / this.#effort);
  }
}
