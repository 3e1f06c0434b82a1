import { Clock } from '@app/event';
import { TimerQueue } from './timer-queue.js';

/** Whose code a timer runs. A process that dies takes its timers with it. */
export interface Owner {
  readonly isAlive: boolean;
}

export interface Timer {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
  /** Undefined: the world's. */
  readonly owner: Owner | undefined;
  isOff: boolean;
  unref(): Timer;
  ref(): Timer;
}

type Run = (...given: unknown[]) => void;

const REAL = {
  setTimeout: globalThis.setTimeout,
  clearTimeout: globalThis.clearTimeout,
  setInterval: globalThis.setInterval,
  clearInterval: globalThis.clearInterval,
  setImmediate: globalThis.setImmediate,
  clearImmediate: globalThis.clearImmediate,
};

/**
 * One queue of everything that is to happen, in the order of its time: minutes pass in milliseconds, the same way each
 * time. Vitest's fake timers wait a real millisecond for each, too long for thousands of histories.
 */
export class VirtualTime extends Clock {
  /** How far the wall clock has been put forward (back: less than 0) since it all began, milliseconds. */
  wallSteps = 0;
  /** Whose code runs now: what it starts is its own. */
  owner: Owner | undefined;
  /** How many things have happened. */
  events = 0;
  #now = 0;
  #order = 0;
  readonly #timers = new TimerQueue<Timer>();

  constructor(private readonly wall = Date.UTC(2027, 0, 1)) {
    super();
  }

  now(): number {
    return this.wall + this.wallSteps + Math.floor(this.#now);
  }

  /** What right clocks show. */
  trueNow(): number {
    return this.now() - this.wallSteps;
  }

  monotonic(): number {
    return this.#now;
  }

  /** Until `uninstall`, the global timers are these. */
  install(): void {
    const set = (run: Run, ms = 0, ...given: unknown[]) => this.after(ms, () => run(...given));
    const clear = (timer: Timer | NodeJS.Timeout | undefined) => {
      if (timer === undefined) return;
      if ('isOff' in timer) timer.isOff = true;
      // From before.
      else REAL.clearTimeout(timer);
    };
    const repeat = (run: Run, ms = 0): { unref(): unknown; stop(): void } => {
      let timer: Timer;
      const again = () => {
        timer = this.after(ms, again);
        run();
      };
      timer = this.after(ms, again);
      const handle = { unref: () => handle, stop: () => clear(timer) };
      return handle;
    };
    Object.assign(globalThis, {
      setTimeout: set,
      clearTimeout: clear,
      setInterval: repeat,
      clearInterval: (handle?: { stop(): void }) => handle?.stop(),
      setImmediate: (run: Run, ...given: unknown[]) => set(run, 0, ...given),
      clearImmediate: clear,
    });
  }

  uninstall(): void {
    Object.assign(globalThis, REAL);
    this.#timers.clear();
  }

  /** @param owner whoever runs now, if not given */
  after(ms: number, run: () => void, owner = this.owner): Timer {
    const timer: Timer = {
      at: this.#now + Math.max(0, ms),
      order: this.#order++,
      run,
      owner,
      isOff: false,
      unref: () => timer,
      ref: () => timer,
    };
    this.#timers.push(timer);
    return timer;
  }

  /** The same, and nobody's: it happens whoever is dead by then. */
  later(ms: number, run: () => void): Timer {
    const { owner } = this;
    this.owner = undefined;
    const timer = this.after(ms, run);
    this.owner = owner;
    return timer;
  }

  /** Runs code of `owner`, until the next thing happens. */
  as<T>(owner: Owner, run: () => T): T {
    this.owner = owner;
    return run();
  }

  /** Lets `ms` pass, and everything happen that they bring. Ends early when `isDone` says so. */
  async pass(ms: number, isDone: () => boolean = () => false): Promise<void> {
    const until = this.#now + ms;
    await settle();
    while (!isDone()) {
      const { next } = this.#timers;
      if (next === undefined || next.at > until) break;
      this.#timers.shift();
      if (next.isOff || next.owner?.isAlive === false) continue;
      this.#now = next.at;
      this.owner = next.owner;
      this.events++;
      next.run();
      await settle();
    }
    this.owner = undefined;
    if (!isDone()) this.#now = until;
  }
}

/** All promises that can go on have done so. */
const settle = (): Promise<void> => new Promise((done) => void REAL.setImmediate(done));
