import { Clock } from '@app/event';

/** A clock that moves only when the test says so. */
export class ManualClock extends Clock {
  private elapsed = 0;

  constructor(private wall: number = Date.UTC(2026, 0, 15, 12, 0, 0)) {
    super();
  }

  now(): number {
    return this.wall;
  }

  monotonic(): number {
    return this.elapsed;
  }

  /** Time passes, milliseconds. */
  advance(ms: number): void {
    this.elapsed += ms;
    this.wall += ms;
  }

  /** Somebody sets the wall clock; no time passes. */
  setWall(now: number): void {
    this.wall = now;
  }
}
