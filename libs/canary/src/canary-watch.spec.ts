import { ManualClock } from '@app/testing';
import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { beforeEach, describe, expect, it } from 'vitest';
import { CanaryWatch } from './canary-watch.js';

let clock: ManualClock;
let watch: CanaryWatch;
let registry: Registry;
beforeEach(() => {
  clock = new ManualClock();
  registry = new Registry();
  const common = { help: 'h', registers: [registry] };
  watch = new CanaryWatch(
    clock,
    new Gauge({ name: 'age', labelNames: ['fate'], ...common }),
    new Histogram({ name: 'seconds', labelNames: ['fate'], buckets: [1, 100], ...common }),
    new Counter({ name: 'answers', labelNames: ['result'], ...common }),
  );
});

const ages = () => [watch.ageSeconds('acknowledged'), watch.ageSeconds('delivered')];

describe('CanaryWatch', () => {
  it('counts ages from its own beginning, until the first canary', () => {
    clock.advance(30_000);
    expect(ages()).toEqual([30, 30]);
    watch.answered({ result: 'unanswered', detail: 'ECONNREFUSED' }, 10);
    watch.answered({ result: 'refused', detail: '503' }, 10);
    expect(ages()).toEqual([30, 30]);
  });

  it.each([
    ['kafka', [2, 2]],
    ['log', [2, 2]],
    ['spool', [2, 30]],
    ['spool-ephemeral', [2, 30]],
  ] as const)('takes %s for what it promises, from the time that it was sent', (result, expected) => {
    clock.advance(30_000);
    watch.answered({ result, detail: undefined }, 2000);
    expect(ages()).toEqual(expected);
  });

  it('hears of what the spool delivers, in any order', async () => {
    clock.advance(100_000);
    const sentAt = clock.now() - 20_000;
    watch.drained(sentAt);
    expect(ages()).toEqual([100, 20]);
    watch.drained(sentAt - 60_000);
    expect(ages()).toEqual([100, 20]);
    expect(await registry.metrics()).toContain('seconds_sum{fate="delivered"} 100');
  });

  it('is not made to look fresh for ever by a wall clock that is set back', () => {
    clock.advance(10_000);
    watch.drained(clock.now() + 3_600_000);
    clock.advance(50_000);
    expect(watch.ageSeconds('delivered')).toBe(50);
  });
});
