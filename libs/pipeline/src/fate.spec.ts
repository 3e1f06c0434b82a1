import { drop } from '@app/event';
import { anEvent } from '@app/testing';
import { describe, expect, it } from 'vitest';
import type { Delivery } from './event-sink.js';
import { fatesOf } from './fate.js';

const delivered = (rest: Partial<Delivery> = {}): PromiseSettledResult<readonly Delivery[]> => ({
  status: 'fulfilled',
  value: [{ ack: 'kafka', spooled: 0, dropped: [], ...rest }],
});
const FAILED: PromiseSettledResult<readonly Delivery[]> = { status: 'rejected', reason: new Error('broken') };
const TOO_BIG = delivered({ dropped: [{ index: 0, uuid: undefined, drop: drop('event_too_big') }] });

describe('the fates of a request’s events', () => {
  it('tells each event’s own', () => {
    const events = [anEvent({ index: 0 }), anEvent({ index: 1 }), anEvent({ index: 2 })];
    const { fates, accepted } = fatesOf(events, [delivered(), FAILED, TOO_BIG], [{ index: 3, uuid: undefined, drop: drop('bot_traffic') }]);
    expect([0, 1, 2, 3].map((index) => fates.get(index)?.kind)).toEqual(['accepted', 'retry', 'dropped', 'dropped']);
    expect(accepted).toEqual([events[0]]);
  });

  it('asks for an event again when one of its messages failed', () => {
    const events = [anEvent({ index: 0 }), anEvent({ index: 0, inputs: 0, route: 'heatmaps' })];
    expect(fatesOf(events, [delivered(), FAILED], []).fates.get(0)).toEqual({ kind: 'retry' });
    expect(fatesOf(events, [FAILED, delivered()], []).fates.get(0)).toEqual({ kind: 'retry' });
  });

  it('takes an event whose heatmap alone was too big', () => {
    const events = [anEvent({ index: 0 }), anEvent({ index: 0, inputs: 0, route: 'heatmaps' })];
    expect(fatesOf(events, [delivered(), TOO_BIG], []).fates.get(0)?.kind).toBe('accepted');
  });

  it('promises no more than the weakest of its messages', () => {
    const events = [anEvent({ index: 0 }), anEvent({ index: 0, inputs: 0, disablePersonProcessing: true })];
    expect(fatesOf(events, [delivered(), delivered({ ack: 'spool', spooled: 1 })], []).fates.get(0)).toEqual({
      kind: 'accepted',
      ack: 'spool',
      isSpooled: true,
      disablePersonProcessing: true,
    });
  });
});
