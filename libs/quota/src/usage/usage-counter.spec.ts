import { beforeEach, describe, expect, it } from 'vitest';
import { anEvent, ManualClock } from '@app/testing';
import type { ProjectLimits } from '@app/token';
import { BIT } from '../quotas/resource-sets.js';
import { UsageCounter } from './usage-counter.js';
import { UsageStore, type UsageBatch, type UsageTotals } from './usage-store.js';

/** Adds up in memory; fails when told, before or after it has counted. */
class FakeStore extends UsageStore {
  readonly months = new Map<string, number>();
  readonly minutes = new Map<string, number>();
  failure: 'before' | 'after' | undefined;
  private last = 0;

  async add({ sequence, month, minute, deltas }: UsageBatch): Promise<readonly UsageTotals[]> {
    if (this.failure === 'before') throw new Error('down');
    const isNew = sequence !== this.last;
    this.last = sequence;
    const totals = deltas.map(({ token, resource, amount }) => ({
      month: add(this.months, `${month} ${resource}:${token}`, isNew ? amount : 0),
      minute: add(this.minutes, `${minute} ${resource}:${token}`, isNew ? amount : 0),
    }));
    if (this.failure === 'after') throw new Error('answer lost');
    return totals;
  }
}

function add(counts: Map<string, number>, key: string, amount: number): number {
  counts.set(key, (counts.get(key) ?? 0) + amount);
  return counts.get(key)!;
}

describe('UsageCounter', () => {
  let clock: ManualClock;
  let store: FakeStore;
  let limits: Record<string, ProjectLimits>;
  let usage: UsageCounter;
  const accept = (token: string, count: number, name = 'e') => usage.count(Array.from({ length: count }, () => anEvent({ token, name })));
  beforeEach(() => {
    clock = new ManualClock(Date.UTC(2026, 0, 15, 12));
    store = new FakeStore();
    limits = { a: { events: { monthly: 10 } }, b: { exceptions: { perMinute: 3 } } };
    usage = new UsageCounter({ store, clock, limitsOf: (token) => limits[token] });
  });

  it('limits a resource at its monthly limit until the month is over', async () => {
    accept('a', 9);
    await usage.flush();
    expect(usage.limitedSetOf('a')).toBe(0);
    accept('a', 1);
    await usage.flush();
    expect(usage.limitedSetOf('a')).toBe(BIT.events);
    clock.advance(86_400_000);
    await usage.flush();
    expect(usage.limitedSetOf('a')).toBe(BIT.events);
    clock.advance(20 * 86_400_000);
    await usage.flush();
    expect(usage.limitedSetOf('a')).toBe(0);
  });

  it('counts what other pods counted', async () => {
    store.months.set('2026-01 events:a', 9);
    accept('a', 1);
    await usage.flush();
    expect(usage.limitedSetOf('a')).toBe(BIT.events);
  });

  it('counts what is on its way to the store, too', async () => {
    accept('a', 9);
    // Counted while the store answers, so not among its totals.
    const flushed = usage.flush();
    accept('a', 1);
    await flushed;
    expect(usage.limitedSetOf('a')).toBe(BIT.events);
  });

  it('limits by the minute, each resource for itself', async () => {
    accept('b', 3, '$exception');
    accept('b', 100);
    await usage.flush();
    expect(usage.limitedSetOf('b')).toBe(BIT.exceptions);
    clock.advance(60_000);
    await usage.flush();
    expect(usage.limitedSetOf('b')).toBe(0);
    expect(store.months.get('2026-01 events:b')).toBe(100);
  });

  it.each(['before', 'after'] as const)('loses and doubles nothing when the store fails %s counting', async (failure) => {
    accept('a', 2);
    store.failure = failure;
    await expect(usage.flush()).rejects.toThrow();
    accept('a', 3);
    await expect(usage.flush()).rejects.toThrow();
    store.failure = undefined;
    await usage.flush();
    await usage.flush();
    expect(store.months.get('2026-01 events:a')).toBe(5);
  });

  it('follows a limit that is raised while the project is stopped', async () => {
    accept('a', 10);
    await usage.flush();
    limits.a = { events: { monthly: 20 } };
    await usage.flush();
    expect(usage.limitedSetOf('a')).toBe(0);
  });

  it('counts input events, not messages, and no project that nobody knows', async () => {
    usage.count([anEvent({ token: 'a', inputs: 3, name: '$snapshot_items' }), anEvent({ token: 'a', inputs: 0, name: '$$heatmap' })]);
    accept('made-up', 5);
    await usage.flush();
    expect(Object.fromEntries(store.months)).toEqual({ '2026-01 recordings:a': 3 });
    expect(usage.usageOf('made-up')).toBeUndefined();
  });

  it('counts what was admitted, whatever a processor made of it', async () => {
    const data = '{"event":"survey sent","properties":{"$product_tour_id":"x"}}';
    usage.count([
      anEvent({ token: 'a', resource: 'surveys', name: 'survey sent', data }),
      anEvent({ token: 'a', resource: 'events', name: 'survey sent', data }),
      anEvent({ token: 'a', resource: 'exceptions', name: 'renamed' }),
    ]);
    await usage.flush();
    expect(usage.usageOf('a')).toMatchObject({ surveys: { month: 1 }, events: { month: 1 }, exceptions: { month: 1 } });
  });
});
