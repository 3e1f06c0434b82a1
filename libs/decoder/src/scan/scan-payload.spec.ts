import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaptureError, runSteps } from '@app/event';
import { textOf } from './raw-event.js';
import { eventText, scanPayload, scanSteps, type ScannedPayload } from './scan-payload.js';

const LIMITS = { maxDepth: 32, maxEvents: 100 };
const scan = (text: string, limits = LIMITS) => scanPayload(Buffer.from(text), limits);
const readable = (text: string) => Buffer.from(text, 'latin1').toString();
const texts = (payload: ScannedPayload) => payload.events.map((event) => readable(eventText(payload, event)));

function refusal(text: string, limits = LIMITS): string {
  try {
    return `took ${scan(text, limits).events.length} events`;
  } catch (error) {
    if (error instanceof CaptureError) return error.message;
    throw error;
  }
}

const blank = fc.constantFrom('', ' ', '\n\t', '  ');
const events = fc.array(
  fc.record({ event: fc.string(), properties: fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 2 })) }),
  { minLength: 1, maxLength: 5 }, // prettier-ignore
);

it('sees through no more than a mebibyte of short members in one turn', async () => {
  const members = Buffer.from(`{"token":"t","event":"e",${'"a":0,'.repeat(1_000_000)}"b":0}`);
  let turns = 0;
  await runSteps(scanSteps(members, LIMITS, () => void turns++));
  expect(turns).toBeGreaterThan(members.length / 2 ** 20);
});

describe('scanPayload: the shape', () => {
  it.each([
    ['{"event":"e"}', 'single', ['{"event":"e"}']],
    [' [ {"a":1} , {"b":[2]} ] ', 'array', ['{"a":1}', '{"b":[2]}']],
    ['{"api_key":"t","batch":[{"a":1},{}]}', 'batch', ['{"a":1}', '{}']],
    ['{"batch":[{"a":1}],"api_key":"t"}', 'batch', ['{"a":1}']],
    ['{"\\u0062atch":[{"a":1}],"token":"t"}', 'batch', ['{"a":1}']],
    ['{"event":"e","batch":"of cookies"}', 'single', ['{"event":"e","batch":"of cookies"}']],
    ['{"event":"e","properties":{"batch":[{}]}}', 'single', ['{"event":"e","properties":{"batch":[{}]}}']],
    ['{"token":"t","batch":[{"batch":[{"a":1}]}]}', 'batch', ['{"batch":[{"a":1}]}']],
  ])('of %s is %s', (text, shape, expected) => {
    const payload = scan(text);
    expect([payload.shape, texts(payload)]).toEqual([shape, expected]);
  });

  it('gives every event the bytes it was sent with', () => {
    const arbitrary = fc.tuple(events, blank, fc.constantFrom(undefined, 2), fc.boolean());
    fc.assert(
      fc.property(arbitrary, ([list, gap, indent, inBatch]) => {
        const sent = list.map((event) => JSON.stringify(event, null, indent));
        const array = `${gap}[${gap}${sent.join(`${gap},${gap}`)}${gap}]${gap}`;
        const payload = scan(inBatch ? `{"é":1,"api_key":"t","batch":${array}}` : array);
        expect(texts(payload)).toEqual(sent);
        expect(payload.events.map(({ index }) => index)).toEqual(sent.map((_, i) => i));
      }),
    );
  });

  it('reads beside a batch its token, its time and whether it is historical', () => {
    const { token, sentAt, isHistorical } = scan(
      '{"api_key":"t","historical_migration":true,"batch":[{"token":"other"}],"sentAt":"2026-01-01"}',
    );
    expect([token && textOf(token), sentAt && textOf(sentAt), isHistorical]).toEqual(['t', '2026-01-01', true]);
  });

  it.each([
    ['true', true],
    ['"true"', true],
    ['1', true],
    ['null', false],
    ['false', false],
    ['"false"', false],
    ['0', false],
    ['""', false],
    ['true,"historical_migration":false', false],
    ['7,"historical_migration":"true"', true],
    ['"1"', undefined],
    ['"0"', undefined],
    ['"yes"', undefined],
    ['"TRUE"', undefined],
    ['2', undefined],
    ['1.0', undefined],
    ['{}', undefined],
    ['[]', undefined],
    [`"${'t'.repeat(200)}"`, undefined],
  ])('takes historical_migration %s for %s', (value, expected) => {
    expect(scan(`{"api_key":"t","batch":[{}],"historical_migration":${value}}`).isHistorical).toBe(expected);
  });

  it('takes a batch that says nothing for new', () => {
    expect(scan('{"api_key":"t","batch":[{}]}').isHistorical).toBe(false);
  });

  it('takes a batch whatever stands beside it, the token apart: it is no event', () => {
    const payload = scan('{"token":"t","uuid":7,"event":[],"properties":"","offset":"x","timestamp":5,"batch":[{"a":1}]}');
    expect(texts(payload)).toEqual(['{"a":1}']);
  });

  it('takes the last of two batches', () => {
    const payload = scan('{"token":"t","batch":[{"a":"\\ud800"},{"b":1}],"batch":[{"c":"\\ud801"}]}');
    expect(texts(payload)).toEqual(['{"c":"\\ufffd"}']);
    expect(payload.events[0].index).toBe(0);
  });
});

describe('scanPayload: refusals', () => {
  it.each([
    ['[]', 'request holds no event'],
    ['{"api_key":"t","batch":[]}', 'request holds no event'],
    ['{"batch":[{"event":"e"}]}', 'failed to parse request: batch without "api_key" or "token" beside it'],
    ['{"api_key":5,"batch":[{}]}', 'failed to parse request: batch: "api_key" must be a string, found a number'],
    ['{"api_key":"t","batch":"[]"}', 'failed to parse request: "batch" must be an array, found a string'],
    ['{"api_key":"t","batch":null}', 'failed to parse request: "batch" must be an array, found null'],
    ['5', 'failed to parse request: expected an event, an array of events or a batch, found a number'],
    ['"text"', 'failed to parse request: expected an event, an array of events or a batch, found a string'],
    ['undefined', 'failed to parse request: expected a JSON value at byte 0'],
    ['[{}] x', 'failed to parse request: expected nothing after the JSON value at byte 5, found byte 0x78'],
    ['{} {}', 'failed to parse request: expected nothing after the JSON value at byte 3'],
    ['[{}', "failed to parse request: expected ',' or ']' at byte 3, found the end of the payload"],
    ['', 'failed to parse request: expected a JSON value at byte 0, found the end of the payload'],
  ])('%s: %s', (text, message) => {
    expect(refusal(text)).toContain(message);
  });

  it('counts events of arrays and of batches, to the one', () => {
    const array = (count: number) => `[${Array.from({ length: count }, () => '{}').join(',')}]`;
    const limits = { maxDepth: 8, maxEvents: 3 };
    const message = 'maximum event size exceeded: request holds more than 3 events (MAX_EVENTS_PER_REQUEST)';
    expect([refusal(array(3), limits), refusal(array(4), limits)]).toEqual(['took 3 events', message]);
    const batch = (count: number) => `{"token":"t","batch":${array(count)}}`;
    expect([refusal(batch(3), limits), refusal(batch(4), limits)]).toEqual(['took 3 events', message]);
  });

  it.each([
    ['a single event', (levels: number) => `{"properties":{"a":${'['.repeat(levels - 2)}${']'.repeat(levels - 2)}}}`],
    ['an array', (levels: number) => `[{"properties":{"a":${'['.repeat(levels - 3)}${']'.repeat(levels - 3)}}}]`],
    ['a batch', (levels: number) => `{"token":"t","batch":[{"$set":{"a":${'['.repeat(levels - 4)}${']'.repeat(levels - 4)}}}]}`],
    ['an unknown member', (levels: number) => `{"a":${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`],
    ['a scalar body', (levels: number) => `[${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}]`],
  ])('counts the levels of %s from the outside', (_, nested) => {
    expect(refusal(nested(12), { maxDepth: 12, maxEvents: 5 })).toMatch(/^took 1 events$/);
    expect(refusal(nested(13), { maxDepth: 12, maxEvents: 5 })).toContain('nesting deeper than 12 levels');
  });

  it('knows no other than CaptureError, whatever it is given', () => {
    const body = JSON.stringify({ api_key: 't', batch: [{ event: 'e', uuid: '', properties: { $session_id: 's', $set: {} }, offset: 5 }] });
    const bytes = fc.record({ at: fc.nat(body.length - 1), value: fc.integer({ min: 0, max: 127 }), end: fc.nat(body.length) });
    fc.assert(
      fc.property(bytes, ({ at, value, end }) => {
        const mutated = Buffer.from(body);
        mutated[at] = value;
        refusal(mutated.toString('latin1'));
        refusal(mutated.toString('latin1', 0, end));
      }),
      { numRuns: 2000 },
    );
  });
});

describe('eventText', () => {
  it('applies every edit to the event that it falls into, and to no other', () => {
    // What is written, and what is to come out.
    const piece = fc.constantFrom(['\\ud800', '\\ufffd'], ['\\u0000', '\\ufffd'], ['é', 'é'], ['x', 'x'], ['\\n', '\\n']);
    const value = fc.oneof(
      fc.constantFrom(['NaN', 'null'], ['-Infinity', 'null'], ['1.0', '1.0']),
      fc.array(piece, { maxLength: 4 }).map((parts) => [0, 1].map((side) => `"${parts.map((part) => part[side]).join('')}"`)),
    );
    const map = fc.constantFrom(['[]', '{}'], ['[ \n]', '{}'], ['{}', '{}'], ['null', 'null']);
    const event = fc
      .tuple(fc.array(value, { maxLength: 4 }), fc.constantFrom('properties', '$set', '$set_once', '$s\\u0065t'), map)
      .map(([values, name, of]) =>
        [0, 1].map((side) => `{"a":[${values.map((one) => one[side]).join(',')}],"${name}":${of[side]},"b":[]}`),
      );
    fc.assert(
      fc.property(fc.array(event, { minLength: 1, maxLength: 20 }), fc.constantFrom('', 'NaN', '"\\ud800"'), (list, beside) => {
        const array = `[${list.map(([sent]) => sent).join(',')}]`;
        // Edits before and behind the events belong to none of them.
        const body = beside === '' ? array : `{"x":${beside},"token":"t","batch":${array},"y":${beside},"properties":[]}`;
        expect(texts(scan(body))).toEqual(list.map(([, expected]) => expected));
      }),
    );
  });
});
