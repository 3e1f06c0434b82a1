import { afterEach, describe, expect, it } from 'vitest';
import { SeededRandom } from './seeded-random.js';
import { TimerQueue } from './timer-queue.js';
import { VirtualTime } from './virtual-time.js';

const time = new VirtualTime();
afterEach(() => time.uninstall());

describe('VirtualTime', () => {
  it('lets timers of all kinds happen in the order of their time, and nothing of a process that is dead', async () => {
    time.install();
    const seen: string[] = [];
    const owner = { isAlive: true };
    setTimeout(() => seen.push('30'), 30);
    const interval = setInterval(() => seen.push('each 20'), 20);
    clearTimeout(setTimeout(() => seen.push('cleared'), 5));
    setImmediate(() => seen.push('at once'));
    time.as(owner, () => setTimeout(() => seen.push('of the dead'), 25));
    time.as(owner, () => time.later(10, () => (owner.isAlive = false)));
    await time.pass(45);
    clearInterval(interval);
    await time.pass(1000);
    expect(seen).toEqual(['at once', 'each 20', '30', 'each 20']);
    expect(time.monotonic()).toBe(1045);
  });
});

describe('TimerQueue', () => {
  it('gives out what is soonest, and of equals what came first', () => {
    const random = new SeededRandom(1);
    const queue = new TimerQueue<{ at: number; order: number }>();
    const all = Array.from({ length: 500 }, (_, order) => ({ at: random.int(50), order }));
    for (const one of all) queue.push(one);
    const given = all.map(() => queue.shift());
    expect(given).toEqual(all.toSorted((a, b) => a.at - b.at || a.order - b.order));
    expect(queue.shift()).toBeUndefined();
  });
});
