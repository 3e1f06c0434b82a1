import { describe, expect, it } from 'vitest';
import { scanPayload, type RawEvent } from '@app/decoder';
import { drop, type CaptureContext, type Steps } from '@app/event';
import { OverQuota, type ProjectQuota } from '@app/pipeline';
import { aContext, anEvent } from '@app/testing';
import { normalizeEvents, type BatchPolicy } from './normalize-events.js';
import type { GroupedSnapshots, SnapshotGrouper } from './snapshot-grouper.js';

const GOOD = '{"event":"e","distinct_id":"d"}';
const BAD = '{"event":"e","uuid":"0190a5c2-1f6c-7e1a-8b1e-3d5f7a9b1c2d"}';

/** Takes the first of its snapshots and drops the others. */
class FirstSnapshot implements SnapshotGrouper {
  // oxlint-disable-next-line require-yield -- nothing has to be waited for
  *group(_: unknown, [first, ...others]: readonly RawEvent[]): Steps<GroupedSnapshots> {
    return {
      events: [anEvent({ index: first.index, route: 'replay', name: '$snapshot_items' })],
      dropped: others.map(({ index }) => ({ index, uuid: undefined, drop: drop('bad_snapshot') })),
    };
  }
}

function normalize(
  list: readonly string[],
  options: { policy?: BatchPolicy; quota?: ProjectQuota; context?: Partial<CaptureContext> } = {},
) {
  const payload = scanPayload(Buffer.from(`[${list.join(',')}]`), { maxDepth: 9, maxEvents: 99 });
  const request = { payload, token: 'tok', context: aContext(options.context), origin: undefined, isBeacon: false };
  return normalizeEvents(request, options.policy ?? 'lenient', new FirstSnapshot(), options.quota);
}

const limited = (resource: string, ...names: string[]): ProjectQuota => ({
  check: (name) => (names.includes(name) ? new OverQuota(resource) : undefined),
});

describe('normalizeEvents', () => {
  it('keeps the good events of a batch in order and names the bad ones', () => {
    const { events, dropped } = normalize([GOOD, BAD, GOOD, '5']);
    expect(events.map(({ index }) => index)).toEqual([0, 2]);
    expect(dropped.map(({ index, uuid, drop: { cause } }) => [index, uuid, cause])).toEqual([
      [1, '0190a5c2-1f6c-7e1a-8b1e-3d5f7a9b1c2d', 'missing_distinct_id'],
      [3, undefined, 'malformed_event'],
    ]);
  });

  it('refuses the whole of it under the strict policy, with the first reason', () => {
    expect(() => normalize([GOOD, BAD, '5'], { policy: 'strict' })).toThrow('event submitted without a distinct_id: event 1');
  });

  it('does not refuse for what it discards by its own rules', () => {
    const { events, dropped } = normalize([GOOD, '{"event":"$performance_event"}'], { policy: 'strict' });
    expect([events.length, dropped.length]).toEqual([1, 1]);
  });

  it.each([
    ['an event with a heatmap', '{"event":"e","distinct_id":"d","properties":{"$heatmap_data":1}}', {}, ['e main', '$$heatmap heatmaps']],
    [
      'a historical one',
      '{"event":"e","distinct_id":"d","properties":{"$heatmap_data":1}}',
      { isHistorical: true },
      ['e historical', '$$heatmap heatmaps'],
    ],
    ['a heatmap itself', '{"event":"$$heatmap","distinct_id":"d","properties":{"$heatmap_data":1}}', {}, ['$$heatmap heatmaps']],
    [
      'a historical heatmap',
      '{"event":"$$heatmap","distinct_id":"d","properties":{"$heatmap_data":1}}',
      { isHistorical: true },
      ['$$heatmap historical'],
    ],
    ['one without', GOOD, {}, ['e main']],
  ])('makes of %s what is to be sent', (_, body, context, expected) => {
    expect(normalize([body], { context }).events.map(({ name, route }) => `${name} ${route}`)).toEqual(expected);
  });

  it('hands recordings to the grouper, whatever stands between them', () => {
    const snapshot = '{"event":"$snapshot","properties":{}}';
    const { events, dropped } = normalize([snapshot, GOOD, snapshot]);
    expect(events.map(({ name, index }) => [name, index])).toEqual([['e', 1], ['$snapshot_items', 0]]); // prettier-ignore
    expect(dropped.map(({ index, drop: { cause } }) => [index, cause])).toEqual([[2, 'bad_snapshot']]);
  });

  it('drops what is over quota before it looks at it, and names the resource', () => {
    const { events, dropped, quotaLimited } = normalize([GOOD, '{"event":"e"}', '{"event":"f","distinct_id":"d"}'], {
      quota: limited('events', 'e'),
    });
    expect(events.map(({ name }) => name)).toEqual(['f']);
    expect(dropped.map(({ drop: { cause } }) => cause)).toEqual(['events_over_quota', 'events_over_quota']);
    expect(quotaLimited).toEqual(['events']);
  });

  it('gives a bad event its own reason rather than the quota', () => {
    const { dropped } = normalize(['{"event":"e","uuid":5}', '{"distinct_id":"d"}'], { quota: limited('events', 'e') });
    expect(dropped.map(({ drop: { cause } }) => cause)).toEqual(['malformed_event', 'missing_event_name']);
  });

  it('asks the quota for $identify at /engage', () => {
    const { dropped } = normalize(['{"distinct_id":"d","$set":{}}'], {
      quota: limited('events', '$identify'),
      context: { path: '/engage' },
    });
    expect(dropped[0].drop.cause).toBe('events_over_quota');
  });
});
