import { ManualClock } from '@app/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { BrokerWatch } from './broker-watch.js';

const LEADER = 1;

describe('BrokerWatch', () => {
  let silent: number[];
  let asked: number;
  /** How long a small question takes; never, where it is Infinity. */
  let wayMs: number;
  /** What a question gets instead, if anything. */
  let answer: Promise<void> | undefined;
  let watch: BrokerWatch;
  let clock: ManualClock;

  /** Timers fire as the clock goes on. */
  async function pass(ms: number): Promise<void> {
    for (let passed = 0; passed < ms; passed += 10) {
      clock.advance(10);
      await vi.advanceTimersByTimeAsync(10);
    }
  }

  beforeEach(() => {
    vi.useFakeTimers();
    clock = new ManualClock();
    [silent, asked, wayMs, answer] = [[], 0, 1, undefined];
    const ask = () => {
      asked++;
      if (answer !== undefined) return answer;
      return new Promise<void>((resolve) => {
        if (wayMs !== Infinity) setTimeout(resolve, wayMs);
      });
    };
    watch = new BrokerWatch(clock, ask, (leader) => silent.push(leader));
  });
  afterEach(() => vi.useRealTimers());

  /** It was there, and answered once. */
  async function known(): Promise<void> {
    watch.sent(LEADER);
    await pass(100 + (wayMs === Infinity ? 0 : wayMs));
    watch.ended(LEADER, true);
    await pass(100);
  }

  it('is silent before a second is over, of a broker that answers nothing', async () => {
    await known();
    wayMs = Infinity;
    watch.sent(LEADER);
    await pass(600);
    expect(silent).toEqual([]);
    await pass(300);
    expect(silent).toEqual([LEADER]);
    await pass(5000);
    expect(silent).toEqual([LEADER]);
  });

  it('is not, of one that answers a small question, however long the request takes', async () => {
    await known();
    watch.sent(LEADER);
    await pass(20_000);
    expect(silent).toEqual([]);
    expect(asked).toBeGreaterThan(10);
  });

  it('is not, of one that is far away: it has four times its own way', async () => {
    wayMs = 300;
    await known();
    watch.sent(LEADER);
    await pass(10_000);
    expect(silent).toEqual([]);
    // Twice as far of a sudden, and still there.
    wayMs = 900;
    await pass(10_000);
    expect(silent).toEqual([]);
  });

  it('is not, of one that has never answered: the deadline decides', async () => {
    wayMs = Infinity;
    watch.sent(LEADER);
    await pass(10_000);
    expect(silent).toEqual([]);
  });

  it('is not, when it was this process that could not hear', async () => {
    await known();
    wayMs = 200;
    watch.sent(LEADER);
    // It has just been asked.
    await pass(350);
    // The loop was held: the clock went on, no timer fired.
    clock.advance(5000);
    await pass(100);
    expect(silent).toEqual([]);
  });

  it('is silent again after the broker was heard in between', async () => {
    await known();
    wayMs = Infinity;
    watch.sent(LEADER);
    await pass(1000);
    watch.ended(LEADER, true);
    watch.sent(LEADER);
    await pass(1000);
    expect(silent).toEqual([LEADER, LEADER]);
  });

  it('is silent soon when a broker freezes again right after it thawed: how long it was frozen is not how far away it is', async () => {
    await known();
    const thaw = Promise.withResolvers<void>();
    answer = thaw.promise;
    watch.sent(LEADER);
    await pass(4000);
    expect(silent).toEqual([LEADER]);
    answer = undefined;
    thaw.resolve();
    watch.ended(LEADER, true);
    for (let i = 0; i < 20; i++) {
      watch.sent(LEADER);
      await pass(100);
      watch.ended(LEADER, true);
    }
    wayMs = Infinity;
    watch.sent(LEADER);
    await pass(900);
    expect(silent).toEqual([LEADER, LEADER]);
  });

  it('asks nobody while nothing is under way', async () => {
    await known();
    const before = asked;
    await pass(120_000);
    expect([asked, vi.getTimerCount()]).toEqual([before, 0]);
  });
});
