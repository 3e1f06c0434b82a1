import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { aContext, anEvent } from '@app/testing';
import { encodeMessage } from './message.js';

const envelope = (...args: Parameters<typeof encodeMessage>) => encodeMessage(...args).value.toString();

describe('encodeMessage: the envelope', () => {
  it('has the fields and the order that consumers know', () => {
    const event = anEvent({ data: '{"a":1}', timestamp: Date.UTC(2026, 0, 15, 11) });
    expect(envelope(event, aContext())).toBe(
      '{"uuid":"01890a5d-ac96-774b-bcce-b302099a8057","distinct_id":"user-1","ip":"203.0.113.9","data":"{\\"a\\":1}","now":"2026-01-15T12:00:00.000Z","token":"phc_test","event":"test event","timestamp":"2026-01-15T11:00:00.000Z"}',
    );
  });

  it('has others only when they say something', () => {
    const event = anEvent({ data: '{}', isCookieless: true, isHistorical: true });
    expect(envelope(event, aContext({ sentAt: 0 }))).toMatch(
      /,"now":"2026-01-15T12:00:00\.000Z","sent_at":"1970-01-01T00:00:00\.000Z","token":.*,"is_cookieless_mode":true,"historical_migration":true\}$/,
    );
    expect(envelope(anEvent({ data: '{}', isHistorical: true }), aContext())).toMatch(/Z","historical_migration":true\}$/);
  });

  it('parses to what went in, whatever the ids, names and data hold', () => {
    const text = fc.oneof(
      fc.string({ unit: 'grapheme' }),
      fc.string({ unit: 'binary' }),
      fc.constantFrom('"', '\\', '\u007f', '\n', '\u2028', 'é', '\ud800'),
    );
    fc.assert(
      fc.property(text, text, fc.json(), (distinctId, name, data) => {
        const event = anEvent({ distinctId, name, data: Buffer.from(data).toString('latin1') });
        expect(JSON.parse(envelope(event, aContext()))).toMatchObject({
          distinct_id: distinctId.toWellFormed(),
          event: name.toWellFormed(),
          data: data.toWellFormed(),
        });
      }),
      { numRuns: 500 },
    );
  });
});

describe('encodeMessage: headers, key and route', () => {
  it('gives what consumers route by', () => {
    const { headers, key, route, topic } = encodeMessage(anEvent({ timestamp: 1234 }), aContext());
    expect(headers).toEqual({
      token: 'phc_test',
      distinct_id: 'user-1',
      timestamp: '1234',
      event: 'test event',
      uuid: '01890a5d-ac96-774b-bcce-b302099a8057',
      now: '2026-01-15T12:00:00.000Z',
    });
    expect([key, route, topic]).toEqual(['phc_test:user-1', 'main', undefined]);
  });

  it.each([
    [{ sessionId: 's' }, { session_id: 's' }],
    [{ ipHash: 'abc' }, { ip_hash: 'abc' }],
    [{ disablePersonProcessing: true }, { force_disable_person_processing: 'true' }],
    [{ isHistorical: true }, { historical_migration: 'true' }],
    [{ skipHeatmapProcessing: true }, { skip_heatmap_processing: 'true' }],
    [{ dlqReason: 'restriction' }, { dlq_reason: 'restriction', dlq_step: 'capture', dlq_timestamp: '2026-01-15T12:00:00.000Z' }],
  ])('with %o has the headers %o and no others', (overrides, expected) => {
    const plain = encodeMessage(anEvent(), aContext()).headers;
    expect(encodeMessage(anEvent(overrides), aContext()).headers).toEqual({ ...plain, ...expected });
  });

  it('takes the key and the topic as they are decided', () => {
    expect(encodeMessage(anEvent({ partitionKey: null, route: 'custom', topic: 't' }), aContext())).toMatchObject({
      key: null,
      route: 'custom',
      topic: 't',
    });
  });
});
