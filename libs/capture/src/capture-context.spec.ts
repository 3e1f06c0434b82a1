import type { FastifyRequest } from 'fastify';
import { describe, expect, it } from 'vitest';
import { scanPayload } from '@app/decoder';
import { captureContext } from './capture-context.js';

const NOW = Date.UTC(2026, 10, 24, 12);

function contextOf(body: string, request: { query?: Record<string, unknown>; headers?: Record<string, string> } = {}) {
  const payload = scanPayload(Buffer.from(body), { maxDepth: 9, maxEvents: 9 });
  const { query = {}, headers = {} } = request;
  return captureContext({ query, headers, routeOptions: { url: '/batch' } } as unknown as FastifyRequest, payload, NOW, '203.0.113.9');
}

const batch = (sentAt: string) => `{"token":"t","batch":[{}],${sentAt}}`;

describe('captureContext', () => {
  it('says when, where and from whom', () => {
    const context = contextOf('{}', { headers: { 'user-agent': 'posthog-js/1' } });
    expect(context).toMatchObject({
      now: NOW,
      nowText: '2026-11-24T12:00:00.000Z',
      path: '/batch',
      ip: '203.0.113.9',
      userAgent: 'posthog-js/1',
      sentAt: undefined,
      sentAtText: undefined,
      isHistorical: false,
    });
  });

  it.each([
    ['beside a batch', batch('"sent_at":"2026-11-24T11:00:00Z"'), {}, '2026-11-24T11:00:00.000Z'],
    ['by its other name', batch('"sentAt":"2026-11-24T11:00:00+01:00"'), {}, '2026-11-24T10:00:00.000Z'],
    ['in the query', '{}', { _: '1694769302325' }, '2023-09-15T09:15:02.325Z'],
    [
      'beside a batch rather than in the query',
      batch('"sent_at":"2026-11-24T11:00:00Z"'),
      { _: '1694769302325' },
      '2026-11-24T11:00:00.000Z',
    ],
    ['in the query when the other is unreadable', batch('"sent_at":"soon"'), { _: '1694769302325' }, '2023-09-15T09:15:02.325Z'],
  ])('reads when it was sent %s', (_, body, query, expected) => {
    expect(contextOf(body, { query }).sentAtText).toBe(expected);
  });

  it.each([
    ['seconds', '{}', { _: '1694769302' }],
    ['no number', '{}', { _: '1694769302325x' }],
    ['a time before 2020', '{}', { _: '1577836799999' }],
    ['a time after 9999', '{}', { _: '253402300800000' }],
    ['two of them', '{}', { _: ['1694769302325', '1694769302325'] }],
    ['a number in the batch', batch('"sent_at":1694769302325'), {}],
    ['the year 10000', batch('"sent_at":"+010000-01-01T00:00:00Z"'), {}],
    ['a year before 0, which no consumer can read', batch('"sent_at":"-000001-01-01T00:00:00Z"'), {}],
    ['nothing of a single event', '{"sent_at":"2026-11-24T11:00:00Z"}', {}],
  ])('takes %s for nothing said', (_, body, query) => {
    const { sentAt, sentAtText } = contextOf(body, { query });
    expect([sentAt, sentAtText]).toEqual([undefined, undefined]);
  });
});
