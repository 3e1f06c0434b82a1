import type { FastifyReply } from 'fastify';
import { describe, expect, it } from 'vitest';
import { Drop, drop, type DroppedEvent } from '@app/event';
import type { Ingestion } from '@app/pipeline';
import { aContext } from '@app/testing';
import type { AdjustedEvent } from './adjusted.js';
import type { NormalizedRequest } from './normalize-events.js';
import { replyTo } from './reply.js';

const ADJUSTED: readonly AdjustedEvent[] = [{ index: 1, uuid: 'u', cause: 'timestamp_unreadable', detail: 'why' }];

function reply(
  ingestion: Partial<Ingestion>,
  { isBeacon = false, quotaLimited = [] as readonly string[], adjusted = [] as readonly AdjustedEvent[], isHistorical = false } = {},
) {
  const headers: Record<string, string> = {};
  let status = 200;
  const fake = { header: (name: string, value: string) => (headers[name] = value), status: (code: number) => (status = code) };
  const request = { request: { isBeacon, context: aContext({ isHistorical }) }, quotaLimited, adjusted } as unknown as NormalizedRequest;
  const body = replyTo({ ack: 'log', accepted: 1, dropped: [], ...ingestion }, request, fake as unknown as FastifyReply);
  return { status, headers, body };
}

const bad = (index: number, uuid?: string): DroppedEvent => ({ index, uuid, drop: new Drop('invalid_uuid', 'event 1: why', 'unparsable') });

describe('replyTo', () => {
  it('answers as the reference does, and names the promise', () => {
    expect(reply({ ack: 'kafka' })).toEqual({
      status: 200,
      headers: { 'inlet-ack': 'kafka', 'content-type': 'application/json; charset=utf-8' },
      body: '{"status":"Ok"}',
    });
  });

  it('promises nothing when it took nothing', () => {
    const { status, headers, body } = reply({
      ack: undefined,
      accepted: 0,
      dropped: [{ index: 0, uuid: undefined, drop: drop('bot_traffic') }],
    });
    expect([status, headers['inlet-ack'], body]).toEqual([200, undefined, '{"status":"Ok"}']);
  });

  it('names bad events, and not what our own rules discarded', () => {
    const dropped = [bad(3, 'u'), { index: 4, uuid: 'v', drop: drop('bot_traffic') }, bad(5)];
    expect(JSON.parse(reply({ dropped }).body ?? '')).toEqual({
      status: 'Ok',
      dropped: [
        { index: 3, uuid: 'u', cause: 'invalid_uuid', detail: 'event 1: why' },
        { index: 5, cause: 'invalid_uuid', detail: 'event 1: why' },
      ],
    });
  });

  it('names events that have the time of their arrival where that is far from the truth: in historical imports', () => {
    expect(reply({}, { adjusted: ADJUSTED }).body).toBe('{"status":"Ok"}');
    expect(JSON.parse(reply({}, { adjusted: ADJUSTED, isHistorical: true }).body ?? '')).toEqual({ status: 'Ok', adjusted: ADJUSTED });
  });

  it('names a hundred of ten thousand', () => {
    const { dropped } = JSON.parse(reply({ dropped: Array.from({ length: 10_000 }, (_, i) => bad(i)) }).body ?? '') as {
      dropped: unknown[];
    };
    expect(dropped).toHaveLength(100);
  });

  it('names resources over quota', () => {
    expect(reply({ accepted: 0, ack: undefined }, { quotaLimited: ['events'] }).body).toBe('{"status":"Ok","quota_limited":["events"]}');
  });

  it.each([
    ['an accepted event', { accepted: 1 }, 204, undefined],
    ['none', { accepted: 0, ack: undefined }, 200, '{"status":"Ok"}'],
  ])('answers a beacon with %s by its status', (_, ingestion, status, body) => {
    const answer = reply(ingestion, { isBeacon: true });
    expect([answer.status, answer.body]).toEqual([status, body]);
    expect(answer.headers['content-type'] === undefined).toBe(status === 204);
  });
});
