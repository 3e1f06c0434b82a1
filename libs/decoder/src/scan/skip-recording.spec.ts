import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { JsonCursor } from './json-cursor.js';
import { skipRecording } from './skip-recording.js';

const DEPTH = 20;

/** What the cursor makes of it; undefined where it throws. */
function byCursor(bytes: Buffer) {
  const cursor = new JsonCursor(bytes, DEPTH);
  cursor.verbatim = true;
  try {
    cursor.skipValue(0);
    return { end: cursor.pos, growth: cursor.growth };
  } catch {
    return undefined;
  }
}

const json = fc
  .oneof(fc.array(fc.jsonValue({ maxDepth: 4 })), fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 })))
  .chain((value) => fc.constantFrom(JSON.stringify(value), JSON.stringify(value, undefined, '\t'), JSON.stringify(value, undefined, 1)));
const BYTES = [...Buffer.from('"\\{}[],:0e.-+ \n\tutfn\x00\x1fé')];

describe('skipRecording', () => {
  it('ends where the cursor ends, and counts what the cursor counts', () => {
    fc.assert(
      fc.property(json, (text) => {
        const bytes = Buffer.from(`${text} ,`);
        expect(skipRecording(bytes, 0, DEPTH)).toEqual(byCursor(bytes));
      }),
    );
  });

  it('knows nothing of what the cursor refuses, wherever a byte is wrong', () => {
    const change = fc.tuple(fc.double({ min: 0, max: 0.999, noNaN: true }), fc.constantFrom(...BYTES), fc.constantFrom(0, 1));
    fc.assert(
      fc.property(json, fc.array(change, { minLength: 1, maxLength: 3 }), (text, changes) => {
        const bytes = [...Buffer.from(text)];
        for (const [at, byte, taken] of changes) bytes.splice(Math.floor(at * bytes.length), taken, byte);
        const broken = Buffer.from(bytes);
        if (broken[0] !== 0x5b && broken[0] !== 0x7b) return;
        expect(skipRecording(broken, 0, DEPTH)).toEqual(byCursor(broken));
      }),
      { numRuns: 3000 },
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
    '[NaN]',
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
  ])('judges %s as the cursor does', (text) => {
    const bytes = Buffer.from(text);
    expect(skipRecording(bytes, 0, DEPTH)).toEqual(byCursor(bytes));
  });

  it('takes the deepest nesting that is allowed and no deeper', () => {
    const nested = (depth: number) => Buffer.from('['.repeat(depth) + ']'.repeat(depth));
    expect(skipRecording(nested(DEPTH), 0, DEPTH)?.end).toBe(2 * DEPTH);
    expect(skipRecording(nested(DEPTH + 1), 0, DEPTH)).toBeUndefined();
    expect(skipRecording(nested(5000), 0, 10_000)).toBeUndefined();
  });
});
