import { describe, expect, it } from 'vitest';
import { scanPayload } from '@app/decoder';
import { Drop, type CaptureContext, type CapturedEvent } from '@app/event';
import { aContext } from '@app/testing';
import { normalizeEvent } from './normalize-event.js';

function normalize(body: string, context: Partial<CaptureContext> = {}): CapturedEvent | Drop {
  const payload = scanPayload(Buffer.from(body), { maxDepth: 9, maxEvents: 9 });
  return normalizeEvent(payload, payload.events[0], 'tok', aContext(context));
}

function captured(members: string, context: Partial<CaptureContext> = {}): CapturedEvent {
  const event = normalize(`{"event":"e","distinct_id":"d",${members}}`, context);
  if (event instanceof Drop) throw new Error(event.cause);
  return event;
}

describe('normalizeEvent', () => {
  it('gives an event all that a sink needs', () => {
    const body =
      '{"event":"sign up","distinct_id":"d","uuid":"0190A5C2-1F6C-7E1A-8B1E-3D5F7A9B1C2D","properties":{"$session_id":"s","a":1.0}}';
    expect(normalize(body)).toEqual({
      index: 0,
      inputs: 1,
      token: 'tok',
      uuid: '0190a5c2-1f6c-7e1a-8b1e-3d5f7a9b1c2d',
      name: 'sign up',
      distinctId: 'd',
      ip: '203.0.113.9',
      ipHash: undefined,
      timestamp: aContext().now,
      data: body,
      sessionId: 's',
      isCookieless: false,
      isHistorical: false,
      disablePersonProcessing: false,
      skipHeatmapProcessing: false,
      resource: 'events',
      route: 'main',
      topic: undefined,
      dlqReason: undefined,
      partitionKey: 'tok:d',
    });
  });

  it.each([
    ['$exception', 'exceptions'],
    ['$$heatmap', 'heatmaps'],
    ['$$client_ingestion_warning', 'warnings'],
    ['$snapshot_items', 'replay'],
    ['$pageview', 'main'],
    // Names that every JavaScript object knows.
    ['constructor', 'main'],
    ['__proto__', 'main'],
    ['toString', 'main'],
  ])('puts %s on the route %s', (name, route) => {
    expect(normalize(`{"event":"${name}","distinct_id":"d"}`)).toMatchObject({ name, route });
    expect(normalize(`{"event":"${name}","distinct_id":"d"}`, { isHistorical: true })).toMatchObject({
      route: 'historical',
      isHistorical: true,
    });
  });

  it.each([
    ['', 'tok:d'],
    ['"properties":{"$session_id":"s"}', 'tok:d'],
    ['"properties":{"$cookieless_mode":true}', 'tok:203.0.113.9'],
    ['"properties":{"$cookieless_mode":false}', 'tok:d'],
    ['"properties":{"$cookieless_mode":true,"capture_internal":1}', 'tok:127.0.0.1'],
  ])('with {%s} has the key %s', (members, key) => {
    expect(captured(members || '"a":1').partitionKey).toBe(key);
  });

  it('keys a recording by its session', () => {
    expect(captured('"event":"$snapshot_items","properties":{"$session_id":"s"}').partitionKey).toBe('s');
    expect(captured('"event":"$snapshot_items","properties":{"$session_id":""}').partitionKey).toBe('tok:d');
  });

  it('keys a historical recording as all that is historical', () => {
    const { route, partitionKey } = captured('"event":"$snapshot_items","properties":{"$session_id":"s"}', { isHistorical: true });
    expect([route, partitionKey]).toEqual(['historical', 'tok:d']);
  });

  it('hides the address of the sender of internal events', () => {
    expect([captured('"properties":{"capture_internal":false}').ip, captured('"properties":{}').ip]).toEqual(['127.0.0.1', '203.0.113.9']);
  });

  it('makes a UUID of the event’s own time where there is none', () => {
    for (const uuid of ['"uuid":""', '"uuid":null', '"a":1']) {
      const event = captured(`${uuid},"timestamp":"2020-01-01T00:00:00Z"`);
      expect(event.uuid.slice(0, 15)).toBe('016f5e66-e800-7');
      expect(event.timestamp).toBe(Date.UTC(2020, 0, 1));
    }
  });

  it.each([
    ['"timestamp":"2026-01-15T11:00:00Z"', { sentAt: aContext().now - 1000 }, -3_600_000 + 1000],
    ['"timestamp":"2026-01-15T11:00:00Z","properties":{"$ignore_sent_at":true}', { sentAt: aContext().now - 1000 }, -3_600_000],
    ['"timestamp":"2026-01-15T11:00:00Z","offset":250', {}, -250],
    ['"timestamp":"yesterday"', {}, 0],
  ])('with {%s} happened when it should', (members, context, expected) => {
    expect(captured(members, context).timestamp - aContext().now).toBe(expected);
  });

  it('keeps the last of an event’s ids, wherever it stands', () => {
    const ids = [
      '{"event":"e","distinct_id":"a","properties":{"distinct_id":"b"}}',
      '{"event":"e","distinct_id":null,"properties":{"distinct_id":7}}',
    ];
    expect(ids.map((body) => normalize(body))).toMatchObject([{ distinctId: 'a' }, { distinctId: '7' }]);
  });

  it('takes a person update without an event at /engage alone', () => {
    const body = '{"$distinct_id":"d","$set":{"a":1}}';
    expect(normalize(body, { path: '/engage' })).toMatchObject({
      name: '$identify',
      data: '{"event":"$identify","$distinct_id":"d","properties":{"$set":{"a":1}}}',
    });
    expect(normalize('{"distinct_id":"d","$set_once":{}}', { path: '/engage' })).toMatchObject({ name: '$identify' });
    expect(normalize(body, { path: '/e' })).toMatchObject({ cause: 'missing_event_name', rejection: 'unhydratable' });
    expect(normalize('{"distinct_id":"d"}', { path: '/engage' })).toMatchObject({ cause: 'missing_event_name' });
    expect(normalize('{"event":"e","distinct_id":"d","$set":{}}', { path: '/engage' })).toMatchObject({ name: 'e' });
  });

  it.each([
    ['{"event":"","distinct_id":"d"}', 'missing_event_name', 'missing_event_name'],
    ['{"distinct_id":"d"}', 'missing_event_name', 'unhydratable'],
    ['{"event":"e"}', 'missing_distinct_id', 'missing_distinct_id'],
    ['{"event":"e","distinct_id":" "}', 'missing_distinct_id', 'missing_distinct_id'],
    ['{"event":"e","distinct_id":"d","uuid":"nope"}', 'invalid_uuid', 'unparsable'],
    ['{"event":"e","distinct_id":"d","properties":{"$cookieless_mode":"yes"}}', 'invalid_cookieless_mode', 'invalid_cookieless_mode'],
    ['{"event":"e","distinct_id":"d","timestamp":{}}', 'malformed_event', 'unparsable'],
    ['{"event":"$performance_event","distinct_id":"d"}', 'performance_event', undefined],
  ])('does not take %s: %s', (body, cause, rejection) => {
    const event = normalize(body);
    expect(event).toBeInstanceOf(Drop);
    expect(event).toMatchObject({ cause, rejection });
  });

  it('tells nothing of the event’s own values in the detail of a drop', () => {
    for (const body of ['{"event":"e","distinct_id":"d","uuid":"secret"}', '{"event":"e","distinct_id":"d","timestamp":{"a":"secret"}}'])
      expect((normalize(body) as Drop).detail).not.toContain('secret');
  });
});
