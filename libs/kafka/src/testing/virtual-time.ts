import { Clock } from '@app/event';

interface Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

const { setTimeout: realSetTimeout, clearTimeout: realClearTimeout, setImmediate: realSetImmediate } = globalThis;

/**
 * Timers that fire as fast as they can, in the order of their time: minutes of backing off pass in milliseconds, the
 * same way each time. Vitest's fake timers wait a real millisecond for each, too long for thousands of histories.
 */
export class VirtualTime extends Clock {
  #now = 0;
  #order = 0;
  readonly #timers = new Set<Timer>();

  constructor(private readonly wall = Date.UTC(2027, 0, 1)) {
    super();
  }

  now(): number {
    return this.wall + Math.floor(this.#now);
  }

  monotonic(): number {
    return this.#now;
  }

  /** Until `uninstall`, the global timers are these. */
  install(): void {
    const set = (run: () => void, ms = 0) => this.after(ms, run);
    const clear = (timer: Timer | undefined) => void (timer && this.#timers.delete(timer));
    Object.assign(globalThis, { setTimeout: set, clearTimeout: clear });
  }

  uninstall(): void {
    Object.assign(globalThis, { setTimeout: realSetTimeout, clearTimeout: realClearTimeout });
    this.#timers.clear();
  }

  after(ms: number, run: () => void): Timer & { unref(): unknown } {
    const timer = { at: this.#now + Math.max(0, ms), order: this.#order++, run, unref: () => timer };
    this.#timers.add(timer);
    return timer;
  }

  /** Lets `ms` pass, and everything happen that they bring. Ends early when `isDone` says so. */
  async pass(ms: number, isDone: () => boolean = () => false): Promise<void> {
    const until = this.#now + ms;
    await settle();
    while (!isDone()) {
      const next = this.#next();
      if (next === undefined || next.at > until) break;
      this.#timers.delete(next);
      this.#now = next.at;
      next.run();
      await settle();
    }
    if (!isDone()) this.#now = until;
  }

  #next(): Timer | undefined {
    let next: Timer | undefined;
    for (const timer of this.#timers) {
      if (next === undefined || timer.at < next.at || (timer.at === next.at && timer.order < next.order)) next = timer;
    }
    return next;
  }
}

/** All promises that can go on have done so. */
const settle = (): Promise<void> => new Promise((done) => void realSetImmediate(done));
