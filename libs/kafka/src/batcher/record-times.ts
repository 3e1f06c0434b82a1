import type { Clock } from '@app/event';
import { NO_TIME, NO_TIMES, within, type TimeBounds } from '../engine/time-bounds.js';
import { RELEASED_AT } from '../released-at.js';

/** After that a topic is tried with our own time again: clocks are put right. */
const REMEMBERED_MS = 60_000;
/** A range that was named and is refused all the same is no help. */
const TRIES_WITHIN = 2;

interface Learned {
  readonly bounds: TimeBounds;
  /** Monotonic milliseconds. */
  readonly at: number;
}

/**
 * The times that records carry. Brokers refuse those that are too far from their own clock (more than an hour ahead, by
 * default): which of the two is wrong nobody can say, and events must not be lost for it.
 */
export class RecordTimes {
  readonly #learned = new Map<string, Learned>();

  constructor(private readonly clock: Clock) {}

  /** For a new batch. A clock that stands before this release was built is surely wrong, and retention would go by it. */
  now(): number {
    const now = this.clock.now();
    return now < RELEASED_AT ? NO_TIME : now;
  }

  /** Where times have to be for a topic, as far as that is known. */
  boundsOf(topic: string): TimeBounds | undefined {
    if (this.now() === NO_TIME) return NO_TIMES;
    const learned = this.#learned.get(topic);
    if (learned === undefined) return undefined;
    const elapsed = Math.floor(this.clock.monotonic() - learned.at);
    if (elapsed > REMEMBERED_MS) this.#learned.delete(topic);
    const { from, to } = learned.bounds;
    return learned.bounds === NO_TIMES ? NO_TIMES : { from: from + elapsed, to: to + elapsed };
  }

  /** @returns where the batch's times go, and those that follow; `named` by the broker, `times` it was refused before */
  refused(topic: string, named: TimeBounds | undefined, times: number): TimeBounds {
    const bounds = named === undefined || times >= TRIES_WITHIN ? NO_TIMES : named;
    this.#learned.set(topic, { bounds, at: this.clock.monotonic() });
    return bounds;
  }

  /** How far our clock is ahead of what a broker takes; less than 0 before it. */
  aheadOf(bounds: TimeBounds): number {
    const now = this.clock.now();
    return now - within(now, bounds);
  }
}
