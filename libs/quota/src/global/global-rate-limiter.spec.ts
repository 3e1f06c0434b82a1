import { beforeEach, describe, expect, it } from 'vitest';
import { ManualClock } from '@app/testing';
import { GlobalRateLimiter } from './global-rate-limiter.js';
import { Thresholds } from './thresholds.js';
import { WindowStore, type WindowCount } from './window-store.js';

class FakeStore extends WindowStore {
  readonly counts = new Map<string, number>();
  isDown = false;

  async add(window: number, amounts: readonly (readonly [string, number])[]): Promise<readonly WindowCount[]> {
    if (this.isDown) throw new Error('down');
    return amounts.map(([key, amount]) => {
      this.counts.set(`${key} ${window}`, (this.counts.get(`${key} ${window}`) ?? 0) + amount);
      return { current: this.counts.get(`${key} ${window}`)!, previous: this.counts.get(`${key} ${window - 1}`) ?? 0 };
    });
  }
}

const NOON = Date.UTC(2026, 0, 15, 12);
const WINDOW = NOON / 60_000;

describe('GlobalRateLimiter', () => {
  const clock = new ManualClock();
  let store: FakeStore;
  const pod = (threshold = 100) =>
    new GlobalRateLimiter(
      { windowMs: 60_000, syncMs: 15_000, maxKeys: 10_000 },
      new Thresholds(threshold, ['big=1000', 'big:one=5']),
      store,
      clock,
    );
  const send = (limiter: GlobalRateLimiter, key: string, times: number) => {
    let limited = 0;
    for (let i = 0; i < times; i++) if (limiter.isLimited(key.split(':')[0], key)) limited++;
    return limited;
  };
  beforeEach(() => {
    store = new FakeStore();
    // The beginning of a window.
    clock.setWall(NOON);
  });

  it('limits what all pods together send, though each stays below', async () => {
    const [a, b] = [pod(), pod()];
    send(a, 't:id', 60);
    send(b, 't:id', 60);
    await a.sync();
    await b.sync();
    clock.advance(15_000);
    expect(send(b, 't:id', 100)).toBeGreaterThan(0);
    await a.sync();
    expect(send(a, 't:id', 1)).toBe(1);
  });

  it('never limits on its own word alone: not before Redis has answered, and not when it went away', async () => {
    const limiter = pod();
    expect(send(limiter, 't:id', 1000)).toBe(0);
    await limiter.sync();
    expect(send(limiter, 't:id', 1)).toBe(1);
    store.isDown = true;
    clock.advance(15_000);
    await expect(limiter.sync()).rejects.toThrow();
    clock.advance(20 * 60_000);
    expect(send(limiter, 't:id', 1000)).toBe(0);
  });

  it('lets go as the window moves', async () => {
    const limiter = pod();
    send(limiter, 't:id', 150);
    await limiter.sync();
    expect(send(limiter, 't:id', 1)).toBe(1);
    clock.advance(120_000);
    await limiter.sync();
    expect(send(limiter, 't:id', 1)).toBe(0);
  });

  it('counts the window before this one by the share of it that has not gone by yet', async () => {
    store.counts.set(`t:id ${WINDOW - 1}`, 160);
    const limitedAt = async (secondsIntoWindow: number) => {
      clock.setWall(NOON + secondsIntoWindow * 1000);
      const fresh = pod(100);
      send(fresh, 't:id', 1);
      await fresh.sync();
      return send(fresh, 't:id', 1) === 1;
    };
    // 160 of the last window: 160, 120 and 80 of them count at its beginning, after 15 s and after 30 s.
    expect([await limitedAt(0), await limitedAt(15), await limitedAt(30)]).toEqual([true, true, false]);
  });

  it('asks twice as often for an id near its threshold', async () => {
    const limiter = pod(100_000);
    send(limiter, 't:near', 95_000);
    send(limiter, 't:far', 40_000);
    await limiter.sync();
    for (const key of ['t:near', 't:far']) send(limiter, key, 1);
    clock.advance(7500);
    await limiter.sync();
    expect(['t:near', 't:far'].map((key) => store.counts.get(`${key} ${WINDOW}`))).toEqual([95_001, 40_000]);
    clock.advance(7500);
    await limiter.sync();
    expect(store.counts.get(`t:far ${WINDOW}`)).toBe(40_001);
  });

  it('goes by the id’s own threshold, else its project’s', async () => {
    const limiter = pod();
    for (const key of ['big:other', 'big:one', 'small:one']) send(limiter, key, 150);
    await limiter.sync();
    expect(['big:other', 'big:one', 'small:one'].map((key) => send(limiter, key, 1))).toEqual([0, 1, 1]);
  });

  it('leaves quiet ids out of Redis', async () => {
    const limiter = pod(300_000);
    for (let i = 0; i < 5000; i++) send(limiter, `t:${i}`, 3);
    send(limiter, 't:loud', 400);
    await limiter.sync();
    expect([...store.counts.keys()].map((key) => key.split(' ')[0])).toEqual(['t:loud']);
    expect([...store.counts.values()]).toEqual([400]);
  });

  it('counts an id once that falls silent and comes again', async () => {
    const limiter = pod(100_000);
    send(limiter, 't:id', 150);
    await limiter.sync();
    clock.advance(15_000);
    await limiter.sync();
    send(limiter, 't:id', 90);
    await limiter.sync();
    expect([...store.counts.values()]).toEqual([150]);
    send(limiter, 't:id', 20);
    await limiter.sync();
    expect([...store.counts.values()]).toEqual([150 + 90 + 20]);
  });
});

describe('Thresholds', () => {
  it('takes over a good object, skips bad entries, and keeps what it has when all is bad', () => {
    const thresholds = new Thresholds(100, ['t=5']);
    expect(thresholds.of('t', 't:id')).toBe(5);
    expect(() => thresholds.replace('{"t": 7')).toThrow(SyntaxError);
    expect(() => thresholds.replace('[]')).toThrow(SyntaxError);
    expect(thresholds.of('t', 't:id')).toBe(5);
    expect(thresholds.replace('{"t:id": 7, "a": "x", "b": -1, "c": null}')).toBe(3);
    expect([thresholds.of('t', 't:id'), thresholds.of('t', 't:other')]).toEqual([7, 100]);
  });
});
