import { describe, expect, it, vi } from 'vitest';
import { aContext, anEvent, ManualClock } from '@app/testing';
import { GlobalRateLimit } from '../global/global-rate-limit.processor.js';
import type { GlobalRateLimiter } from '../global/global-rate-limiter.js';
import { QuotaMetrics } from '../quota-metrics.js';
import { HistoricalRerouting } from './historical-rerouting.processor.js';
import { LikelyAnonymous } from './likely-anonymous.processor.js';
import { OverflowConfig } from './overflow.config.js';
import { OverflowLanes } from './overflow-lanes.js';
import { HotKeys, OverflowLimiter } from './overflow.processor.js';

const DAY_MS = 86_400_000;
const metrics = Object.fromEntries(
  ['overflowed', 'keyOverCapacity', 'watchKeyCount', 'rerouted', 'globallyLimited'].map((name) => [name, vi.fn()]),
) as unknown as QuotaMetrics;
const config = (overrides: Partial<OverflowConfig> = {}) => Object.assign(new OverflowConfig(), overrides);

describe('OverflowLimiter', () => {
  const second = (overrides: Partial<OverflowConfig>, event = anEvent(), hasAi = false) => {
    const limiter = new OverflowLimiter(
      config({ perSecond: 1, burst: 1, ...overrides }),
      new ManualClock(),
      metrics,
      new HotKeys(),
      new OverflowLanes(hasAi),
    );
    limiter.process(event);
    return limiter.process(event);
  };

  it('spreads what is over its rate', () => {
    expect(second({ keepsLocality: false })).toMatchObject({ route: 'overflow', partitionKey: null });
  });

  it('keeps its key where partition locality is asked for', () => {
    expect(second({ keepsLocality: true })).toMatchObject({ route: 'overflow', partitionKey: 'phc_test:user-1' });
  });

  it('leaves AI events on their lane, unless they have one to overflow to', () => {
    const ai = anEvent({ route: 'ai' });
    expect(second({}, ai)).toBe(ai);
    expect(second({}, ai, true)).toMatchObject({ route: 'ai_overflow' });
    expect(second({ forced: ['phc_test'] }, ai, true)).toMatchObject({ route: 'ai_overflow', disablePersonProcessing: true });
    expect(second({}, anEvent(), true)).toMatchObject({ route: 'overflow' });
  });

  it('leaves lanes alone that are not main', () => {
    expect(second({}, anEvent({ route: 'historical' }))).toMatchObject({ route: 'historical' });
  });
});

describe('HistoricalRerouting', () => {
  const rerouting = new HistoricalRerouting(config({ historicalDays: 1 }), metrics);
  it.each([
    [DAY_MS, 'main'],
    [DAY_MS + 1, 'historical'],
    [-DAY_MS, 'main'],
  ])('sends an event that is %d ms old to %s', (age, route) => {
    const context = aContext();
    expect(rerouting.process(anEvent({ timestamp: context.now - age }), context)).toMatchObject({ route });
  });
});

const SHARED_IDS = [
  '0',
  'anon',
  'anon_id',
  'anonymous',
  'anonymous_id',
  'distinct_id',
  'distinctid',
  'email',
  'false',
  'guest',
  'id',
  'nan',
  'none',
  'not_authenticated',
  'null',
  'true',
  'undefined',
];

describe('LikelyAnonymous', () => {
  const processor = new LikelyAnonymous();

  it.each(SHARED_IDS)('spreads %s, in any case', (distinctId) => {
    for (const id of [distinctId, distinctId.toUpperCase()]) expect(processor.process(anEvent({ distinctId: id })).partitionKey).toBeNull();
  });

  it('leaves the key of a cookieless visitor, which tells him apart whatever the id says', () => {
    const event = anEvent({ distinctId: 'anonymous', isCookieless: true, partitionKey: 'phc_test:203.0.113.9' });
    expect(processor.process(event).partitionKey).toBe('phc_test:203.0.113.9');
  });

  it.each(['historical', 'exceptions', 'heatmaps', 'warnings', 'dlq'] as const)('leaves the lane %s alone', (route) => {
    expect(processor.process(anEvent({ distinctId: 'anonymous', route })).partitionKey).toBe('phc_test:anonymous');
  });
});

describe('GlobalRateLimit', () => {
  const keyFor = (distinctId: string) => {
    const isLimited = vi.fn(() => false);
    const limiter = { isLimited } as unknown as GlobalRateLimiter;
    new GlobalRateLimit({ isDryRun: false } as never, limiter, metrics).process(anEvent({ distinctId }));
    return (isLimited.mock.calls as unknown as [token: string, key: string][])[0][1];
  };

  it('asks Redis for 128 characters of an id at most, and never for half a character', () => {
    expect(keyFor('d'.repeat(128))).toBe(`phc_test:${'d'.repeat(128)}`);
    expect(keyFor('d'.repeat(5000))).toBe(`phc_test:${'d'.repeat(128)}`);
    expect(keyFor(`${'d'.repeat(127)}😀`)).toBe(`phc_test:${'d'.repeat(127)}\uFFFD`);
  });
});
