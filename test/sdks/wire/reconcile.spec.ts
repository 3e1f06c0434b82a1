import { describe, expect, it } from 'vitest';
import type { Recorded } from './recorder.ts';
import { foundEvent, reconcile, sentEvents } from './reconcile.ts';

const NOW = Date.UTC(2026, 2, 1, 12);
const ID = '01942f5c-7a9b-7cde-8f01-23456789abcd';
const EVENT = `{"event":"e","uuid":"${ID}","distinct_id":"d","timestamp":"2026-03-01T10:00:00.123456Z","properties":{"big":9223372036854775807}}`;

function aRequest(body: string, more: Partial<Recorded> = {}): Recorded {
  const given = { method: 'POST', url: '/batch/', headers: {}, body: Buffer.from(body), status: 200, gatewayStatus: 200 };
  return { ...given, gatewayAnswer: '', from: NOW, until: NOW, ...more };
}

const aBatch = (events = EVENT) => aRequest(`{"api_key":"t","batch":[${events}]}`);

function aMessage(data = EVENT, envelope: Record<string, unknown> = {}) {
  const now = new Date(NOW).toISOString();
  const timestamp = '2026-03-01T10:00:00.123Z';
  const value = { token: 't', uuid: ID, event: 'e', distinct_id: 'd', ip: '127.0.0.1', now, timestamp, data, ...envelope };
  const { token, uuid, event, distinct_id } = value;
  const headers = { token, uuid, event, distinct_id, timestamp: String(Date.parse(value.timestamp)) };
  const message = {
    key: `${token}:${distinct_id}`,
    value: Buffer.from(JSON.stringify(value)),
    headers,
    partition: 0,
    offset: 0n,
    timestamp: NOW,
    codec: 0,
  };
  return foundEvent('main', message);
}

describe('reconciliation of what was sent and what was found', () => {
  it('is content when each event is there as often as it was sent', () => {
    expect(reconcile(sentEvents([aBatch()]), [aMessage()])).toEqual([]);
    expect(reconcile(sentEvents([aBatch(), aBatch()]), [aMessage(), aMessage()])).toEqual([]);
  });

  it.each([
    ['an event is missing', [], 'sent and not found'],
    ['an event is there twice', [aMessage(), aMessage()], 'arrived without being sent'],
    ['a big integer was rounded', [aMessage(EVENT.replace('5807}', '5808}'))], 'arrived without being sent'],
    ['the token is another', [aMessage(EVENT, { token: 'u' })], 'token is u, not t'],
    ['the id is another', [aMessage(EVENT, { distinct_id: 'x' })], 'distinct_id is x, not d'],
    ['the time is off', [aMessage(EVENT, { timestamp: '2026-03-01T10:00:01.000Z' })], 'timestamp is'],
    ['the uuid is another', [aMessage(EVENT, { uuid: ID.replace('d', 'e') })], 'uuid is'],
  ])('complains when %s', (_what, found, complaint) => {
    expect(reconcile(sentEvents([aBatch()]), found).join()).toContain(complaint);
  });

  it('does not expect what was refused', () => {
    const refused = { ...aBatch(), status: 503, gatewayStatus: undefined };
    expect(reconcile(sentEvents([refused]), [])).toEqual([]);
    expect(reconcile(sentEvents([refused]), [aMessage()]).join()).toContain('arrived without being sent');
  });

  it('expects the repairs that the gateway makes, and no others', () => {
    const sent = sentEvents([aBatch(EVENT.replace('"big":9223372036854775807', '"nan":NaN,"text":"a\\u0000 NaN \\ud83d"'))]);
    const data = EVENT.replace('"big":9223372036854775807', '"nan":null,"text":"a\\ufffd NaN \\ufffd"');
    expect(reconcile(sent, [aMessage(data)])).toEqual([]);
  });
});
