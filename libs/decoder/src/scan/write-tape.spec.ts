import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanTape } from '@app/vector';
import { JsonCursor } from './json-cursor.js';
import './scan-payload.js';
import { EVENT_KEYS, PROPERTY_KEYS } from './tape.js';
import { writeTape } from './write-tape.js';

const LIMITS = { maxDepth: 12, maxEvents: 20 };

/** The byte loop's entries; undefined where it refuses or repairs something. */
function slowly(bytes: Buffer): number[] | undefined {
  const cursor = new JsonCursor(bytes, LIMITS.maxDepth);
  try {
    const { words, length } = writeTape(cursor, LIMITS.maxEvents);
    return cursor.edits.length === 0 ? [...words.subarray(0, length * 4)] : undefined;
  } catch {
    return undefined;
  }
}

function quickly(bytes: Buffer): number[] | undefined {
  const tape = scanTape(bytes, LIMITS);
  return tape && [...tape.words.subarray(0, tape.length * 4)];
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
    const change = fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.constantFrom(...BYTES), fc.constantFrom(0, 1));
    fc.assert(
      fc.property(json, fc.array(change, { minLength: 1, maxLength: 3 }), (text, changes) => {
        const bytes = [...Buffer.from(text)];
        for (const [at, byte, taken] of changes) bytes.splice(Math.floor(at * bytes.length), taken, byte);
        const quick = quickly(Buffer.from(bytes));
        if (quick !== undefined) expect(quick).toEqual(slowly(Buffer.from(bytes)));
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
