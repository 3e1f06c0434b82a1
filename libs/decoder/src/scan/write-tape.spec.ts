import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isJson } from '@app/testing';
import { scanTape } from '@app/vector';
import { JsonCursor } from './json-cursor.js';
import './scan-payload.js';
import { ENTRY_WORDS, EVENT_KEYS, Id, PROPERTY_KEYS } from './tape.js';
import { writeTape } from './write-tape.js';

const LIMITS = { maxDepth: 12, maxEvents: 20 };

/** The byte loop's entries; undefined where it refuses or repairs something. */
function slowly(bytes: Buffer): number[] | undefined {
  const cursor = new JsonCursor(bytes, LIMITS.maxDepth);
  try {
    const { words, length } = writeTape(cursor, LIMITS.maxEvents);
    return cursor.edits.length === 0 ? [...words.subarray(0, length * ENTRY_WORDS)] : undefined;
  } catch {
    return undefined;
  }
}

function quickly(bytes: Buffer): number[] | undefined {
  const tape = scanTape(bytes, LIMITS);
  return tape && [...tape.words.subarray(0, tape.length * ENTRY_WORDS)];
}

const value = fc.oneof(
  { weight: 3, arbitrary: fc.string({ unit: 'binary', maxLength: 40 }) },
  fc.jsonValue({ maxDepth: 3 }),
  fc.constantFrom('"', '\\', 'é', '\u{1f600}', '\u0000', '\ud800', 'plain text of more than sixteen bytes'),
);
const record = (keys: readonly string[], more: fc.Arbitrary<unknown> = value) =>
  fc.dictionary(fc.oneof({ weight: 4, arbitrary: fc.constantFrom(...keys) }, fc.string({ maxLength: 40 })), more, { maxKeys: 12 });
const properties = record(Object.keys(PROPERTY_KEYS));
const event = record(Object.keys(EVENT_KEYS), fc.oneof(value, properties)).chain((one) =>
  properties.map((given) => ({ ...one, properties: given })),
);
const payload = fc.oneof(
  event,
  fc.array(fc.oneof({ weight: 5, arbitrary: event }, value), { maxLength: 4 }),
  fc.record({ api_key: value, batch: fc.array(event, { maxLength: 4 }), historical_migration: fc.boolean(), sent_at: value }),
);
const json = payload.chain((one) =>
  fc.constantFrom(JSON.stringify(one), JSON.stringify(one, undefined, '\t'), JSON.stringify(one, undefined, 1)),
);
const BYTES = [...Buffer.from('"\\{}[],:0e.-+ \n\tutfn\x00\x1fé')];
const changes = fc.array(fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.constantFrom(...BYTES), fc.constantFrom(0, 1)), {
  minLength: 1,
  maxLength: 3,
});

/** With some bytes put in or replaced. */
function broken(text: string, at: readonly (readonly [where: number, byte: number, taken: number])[]): Buffer {
  const bytes = [...Buffer.from(text)];
  for (const [where, byte, taken] of at) bytes.splice(Math.floor(where * bytes.length), taken, byte);
  return Buffer.from(bytes);
}

describe('the tape', () => {
  it('is the same from the kernel and from the byte loop', () => {
    let taken = 0;
    fc.assert(
      fc.property(json, (text) => {
        const bytes = Buffer.from(text);
        const quick = quickly(bytes);
        if (quick === undefined) return;
        taken++;
        expect(quick).toEqual(slowly(bytes));
      }),
      { numRuns: 2_000 },
    );
    expect(taken).toBeGreaterThan(300);
  });

  it('is not written by the kernel for what the byte loop refuses or repairs, wherever a byte is wrong', () => {
    fc.assert(
      fc.property(json, changes, (text, at) => {
        const bytes = broken(text, at);
        const quick = quickly(bytes);
        if (quick !== undefined) expect(quick).toEqual(slowly(bytes));
      }),
      { numRuns: 2_000 },
    );
  });

  it('is the kernel’s for what SDKs send', () => {
    const sent = '{"event":"e","properties":{"$current_url":"https://example.com/é","token":"t"},"timestamp":"2024-03-22T09:15:02.325Z"}';
    for (const text of [sent, `[${sent}, ${sent}]`, `{"api_key":"k","batch":[${sent}],"sent_at":"x"}`])
      expect(quickly(Buffer.from(text))).toBeDefined();
  });
});

describe('the tape of a recording', () => {
  const around = (recording: string) => `{"event":"$snapshot","properties":{"$snapshot_data":${recording}}}`;
  const recording = fc
    .oneof(fc.array(fc.jsonValue({ maxDepth: 4 })), fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })))
    .chain((one) => fc.constantFrom(JSON.stringify(one), JSON.stringify(one, undefined, '\t'), JSON.stringify(one, undefined, 1)));

  /** From either: nothing of a recording is repaired, so nothing is left to the byte loop but to say what is wrong. */
  function tapeOf(bytes: Buffer): number[] | undefined {
    const quick = quickly(bytes);
    expect(quick).toEqual(slowly(bytes));
    return quick;
  }

  /** How many bytes more than its own the recording takes inside a JSON string. */
  function growthOn(tape: readonly number[] | undefined): number | undefined {
    const wanted: number = Id.SnapshotData;
    const at = tape?.findIndex((word, i) => i % ENTRY_WORDS === 0 && (word & 0xff) === wanted);
    return at === undefined ? undefined : tape![at + 3];
  }

  const grown = (text: string) => Buffer.byteLength(JSON.stringify(text)) - 2 - Buffer.byteLength(text);

  it('is the same from the kernel and from the byte loop, and tells how much the recording grows', () => {
    fc.assert(
      fc.property(recording, (text) => {
        expect(growthOn(tapeOf(Buffer.from(around(text))))).toBe(grown(text));
      }),
      { numRuns: 500 },
    );
  });

  it('is not written by the kernel for what the byte loop refuses, wherever a byte is wrong', () => {
    fc.assert(
      fc.property(recording, changes, (text, at) => {
        const bytes = Buffer.concat([Buffer.from(around('')).subarray(0, -2), broken(text, at), Buffer.from('}}')]);
        const quick = quickly(bytes);
        if (quick !== undefined) expect(quick).toEqual(slowly(bytes));
      }),
      { numRuns: 3_000 },
    );
  });

  it.each([
    '[]',
    '[ ]',
    '{}',
    '{ \n}',
    '[[],{}]',
    '{"a":{}}',
    '[1,]',
    '{"a":1,}',
    '{,}',
    '[,]',
    '[}',
    '{]',
    '{"a"}',
    '{"a":}',
    '[1 2]',
    '{"a" "b"}',
    '[01]',
    '[1.]',
    '[1e]',
    '[-]',
    '[-0.0e+10]',
    '[.5]',
    '[+1]',
    '[tru]',
    '[true1]',
    '["\\x"]',
    '["\\u12g4"]',
    '["\\u1234"]',
    '["a',
    '[',
    '{',
    '["\t"]',
    '[1',
    '{"a":[}',
    '[]]',
    '["\\',
    '["\\u12',
    '{"a":1 , "b" : [ ] }',
    '{"a":1,]',
    '[{"a":1},}',
  ])('judges %s as JSON.parse does', (text) => {
    const tape = tapeOf(Buffer.from(around(text)));
    expect(growthOn(tape)).toBe(isJson(text) ? grown(text) : undefined);
  });

  it.each(['[NaN]', '{"a":Infinity}', '[-Infinity]'])('is not written for %s, which is repaired elsewhere', (text) => {
    expect(tapeOf(Buffer.from(around(text)))).toBeUndefined();
  });

  it.each(['["\\ud800"]', '["\\u0000"]', '{"\\udc00":1}'])('leaves %s as it is, which is repaired elsewhere', (text) => {
    expect(growthOn(tapeOf(Buffer.from(around(text))))).toBe(grown(text));
  });

  it.each(['"a \\"text\\""', '5', 'true', 'null'])('has no growth for %s: it is no recording', (text) => {
    expect(growthOn(tapeOf(Buffer.from(around(text))))).toBe(0);
  });

  it('takes the deepest nesting that is allowed and no deeper', () => {
    const nested = (depth: number) => Buffer.from(around('['.repeat(depth) + ']'.repeat(depth)));
    // The event and its properties are two.
    expect(tapeOf(nested(LIMITS.maxDepth - 2))).toBeDefined();
    expect(tapeOf(nested(LIMITS.maxDepth - 1))).toBeUndefined();
    expect(tapeOf(nested(5000))).toBeUndefined();
  });
});
