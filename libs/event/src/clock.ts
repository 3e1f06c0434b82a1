/** Where the time comes from, so that tests can hold it still. */
export abstract class Clock {
  /** Wall clock, Unix milliseconds. Only for what is written into events (`now`). */
  abstract now(): number;
  /** Monotonic milliseconds, for durations: a wall clock that steps must not matter. */
  abstract monotonic(): number;
}

export class SystemClock extends Clock {
  now(): number {
    return Date.now();
  }

  monotonic(): number {
    return performance.now();
  }
}
