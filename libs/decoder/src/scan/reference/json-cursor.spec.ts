import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaptureError } from '@app/event';
import { isJson } from '@app/testing';
import { ESCAPED, Kind, NON_ASCII } from '../kind.js';
import { JsonCursor } from './json-cursor.js';

/** Whether all of `text` is one value to the cursor; anything thrown but a CaptureError fails the test. */
function accepts(text: string | Buffer): boolean {
  const cursor = new JsonCursor(Buffer.from(text as string), 1000);
  try {
    cursor.skipValue(0);
    return cursor.peek() === -1;
  } catch (error) {
    if (error instanceof CaptureError && error.code === 'unparsable') return false;
    throw error;
  }
}

/** Walks one value; the cursor tells the rest. */
function walk(text: string, maxDepth = 100): { cursor: JsonCursor; kind: Kind } {
  const cursor = new JsonCursor(Buffer.from(text), maxDepth);
  return { kind: cursor.skipValue(0), cursor };
}

function complaint(text: string, maxDepth = 100): string {
  try {
    const { cursor } = walk(text, maxDepth);
    return `accepted up to ${cursor.pos}`;
  } catch (error) {
    return (error as Error).message;
  }
}

// Pieces that are JSON in some orders and not in others; no `N` or `I`: bare NaN is ours alone.
const PIECES = [
  '{',
  '}',
  '[',
  ']',
  ',',
  ':',
  '"a"',
  '""',
  '0',
  '12',
  '-',
  '.',
  '.5',
  'e',
  'E+',
  'true',
  'null',
  'fals',
  'e',
  ' ',
  '\n',
  '\t',
];
const STRING_PIECES = [
  '"',
  '"',
  '\\',
  '\\u',
  'd83d',
  '\\ude00',
  '0041',
  'n',
  '/',
  '\\\\',
  'é',
  '😀',
  '\u0001',
  '\u007f',
  '\u2028',
  ',',
  'G',
];
const soup = (pieces: readonly string[]) => fc.array(fc.constantFrom(...pieces), { maxLength: 12 }).map((parts) => parts.join(''));

describe('JsonCursor accepts exactly what JSON.parse accepts', () => {
  it('of any valid document', () => {
    fc.assert(
      fc.property(fc.json(), fc.constantFrom(undefined, 1, '\t'), (json, indent) => {
        expect(accepts(JSON.stringify(JSON.parse(json), null, indent))).toBe(true);
      }),
    );
  });

  it('of pieces put together at random', () => {
    fc.assert(
      fc.property(soup(PIECES), (text) => {
        expect(accepts(text)).toBe(isJson(text));
      }),
      { numRuns: 5000 },
    );
  });

  it('of strings put together at random', () => {
    fc.assert(
      fc.property(soup(STRING_PIECES), (inner) => {
        const text = `["${inner}"]`;
        expect(accepts(text)).toBe(isJson(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('of numbers put together at random', () => {
    fc.assert(
      fc.property(soup(['-', '+', '0', '1', '9', '.', 'e', 'E']), (text) => {
        expect(accepts(text)).toBe(isJson(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('of documents with one byte changed, lost or added', () => {
    const byte = fc.constantFrom(...Buffer.from('{}[]:,"\\/u0179-+.eEtrfalsn \n\t\0'));
    const change = fc.record({ json: fc.json({ maxDepth: 3 }), at: fc.nat(), byte, how: fc.constantFrom('change', 'lose', 'add') });
    fc.assert(
      fc.property(change, ({ json, at, byte: value, how }) => {
        const bytes = Buffer.from(json);
        const position = at % bytes.length;
        const tail = bytes.subarray(how === 'add' ? position : position + 1);
        const mutated = Buffer.concat([bytes.subarray(0, position), Buffer.from(how === 'lose' ? [] : [value]), tail]);
        const text = mutated.toString();
        // A change in the middle of a character is no longer text: the decoder has refused it before.
        fc.pre(!text.includes('\ufffd'));
        expect(accepts(mutated)).toBe(isJson(text));
      }),
      { numRuns: 3000 },
    );
  });

  it('and no document that ends too early, at whichever byte', () => {
    const bytes = Buffer.from('{"a":[1.5e-3,true,null,"\\ud83d\\ude00\\n"],"é":{}}');
    for (let end = 0; end < bytes.length; end++) expect(accepts(bytes.subarray(0, end))).toBe(false);
    expect(accepts(bytes)).toBe(true);
  });

  it.each([
    '\u00a0{}',
    '\ufeff{}',
    '{}\u000b',
    "{'a':1}",
    '{a:1}',
    '[1,]',
    '{"a":1,}',
    '01',
    '+1',
    '.5',
    '1.',
    '0x1',
    '"\\x41"',
    '"\\u00g0"',
    '[1]]',
  ])('not %j', (text) => {
    expect(accepts(text)).toBe(false);
  });
});

describe('JsonCursor', () => {
  it.each([
    ['null', Kind.Null],
    ['true', Kind.True],
    ['false', Kind.False],
    ['-1.5e3', Kind.Number],
    ['"a"', Kind.String],
    ['{"a":{}}', Kind.Object],
    ['[[]]', Kind.Array],
    ['NaN', Kind.Null],
  ])('says of %s what it is and stands behind it', (text, kind) => {
    const walked = walk(` \r\n\t${text} ,`);
    expect([walked.kind, walked.cursor.pos]).toEqual([kind, 4 + text.length]);
  });

  it.each([
    ['"plain"', 0],
    ['"é"', NON_ASCII],
    ['"\\n"', ESCAPED],
    ['"\\u0041"', ESCAPED],
    ['"é\\n"', NON_ASCII | ESCAPED],
    ['"\\né"', NON_ASCII | ESCAPED],
  ])('tells of %s whether its bytes are its text', (text, flags) => {
    expect(new JsonCursor(Buffer.from(text), 1).skipString()).toBe(flags);
  });

  it('gives the span of a key between its quotes', () => {
    const text = '{ "k\\"é" \n: 1}';
    const cursor = new JsonCursor(Buffer.from(text), 5);
    cursor.peek();
    cursor.enterObject(1);
    cursor.key();
    expect(Buffer.from(text).toString('utf8', cursor.keyStart, cursor.keyEnd)).toBe('k\\"é');
  });

  it('counts objects and arrays as levels, and takes as many as it is told', () => {
    const nested = '[{"a":'.repeat(4) + '1' + '}]'.repeat(4);
    expect(complaint(nested, 8)).toBe(`accepted up to ${nested.length}`);
    expect(complaint(nested, 7)).toContain('nesting deeper than 7 levels (MAX_JSON_DEPTH) at byte 19');
  });

  it.each([
    ['{"a" 1}', "expected ':' at byte 5, found byte 0x31"],
    ['{"a":1 "b"', "expected ',' or '}' at byte 7, found byte 0x22"],
    ['{"a":1,}', 'expected a string as key at byte 7, found byte 0x7d'],
    ['[1 2]', "expected ',' or ']' at byte 3, found byte 0x32"],
    ['["a\u0001"]', 'expected no bare control character in a string at byte 3, found byte 0x01'],
    ['["\\q"]', 'expected a valid escape sequence at byte 2, found byte 0x5c'],
    ['["abc', 'expected a closing quote at byte 5, found the end of the payload'],
    ['[tru]', 'expected a JSON value at byte 1, found byte 0x74'],
    ['[-]', 'expected a digit at byte 2, found byte 0x5d'],
    ['', 'expected a JSON value at byte 0, found the end of the payload'],
  ])('says of %j what it wanted, where, and what was there', (text, expected) => {
    expect(complaint(text)).toBe(`failed to parse request: ${expected}`);
  });
});

describe('the closed table of edits', () => {
  const edits = (text: string) => walk(text).cursor.edits.map(({ start, end, text: to }) => [text.slice(start, end), to]);

  it.each([
    ['[NaN, Infinity,-Infinity]', ['NaN', 'Infinity', '-Infinity'].map((word) => [word, 'null'])],
    ['"a\\u0000b"', [['\\u0000', '\\ufffd']]],
    ['"\\ud800"', [['\\ud800', '\\ufffd']]],
    ['"\\uDFFF"', [['\\uDFFF', '\\ufffd']]],
    ['"\\ud83d\\ude00"', []],
    ['"\\ud83d\\ud83d\\ude00"', [['\\ud83d', '\\ufffd']]],
    ['"\\ude00\\ud83d"', [['\\ude00', '\\ufffd'], ['\\ud83d', '\\ufffd']]], // prettier-ignore
    ['"\\ud83d\\n\\ude00"', [['\\ud83d', '\\ufffd'], ['\\ude00', '\\ufffd']]], // prettier-ignore
    ['"\\ud83d\\ndc00"', [['\\ud83d', '\\ufffd']]],
    ['"\\ud83dxudc00"', [['\\ud83d', '\\ufffd']]],
    ['{"\\u0000":1}', [['\\u0000', '\\ufffd']]],
    ['"\\\\u0000 \\\\ud800"', []],
    ['"NaN"', []],
    ['"\\u0001\\ud7ff\\ue000"', []],
  ])('%s: exactly these', (text, expected) => {
    expect(edits(text)).toEqual(expected);
  });

  it.each(['nan', '+Infinity', '- Infinity', 'Inf', 'NaNa', '-NaN'])('%s is no number of Python’s', (text) => {
    expect(accepts(text)).toBe(false);
  });

  it('leaves strings alone in a recording, and takes nothing there that is not JSON', () => {
    const cursor = new JsonCursor(Buffer.from('["\\u0000\\ud800"]'), 5);
    cursor.verbatim = true;
    cursor.skipValue(0);
    expect(cursor.edits).toEqual([]);
    const other = new JsonCursor(Buffer.from('[NaN]'), 5);
    other.verbatim = true;
    expect(() => other.skipValue(0)).toThrow(CaptureError);
  });

  it('refuses to remember more of them than a hostile payload may cost', () => {
    const nulls = (count: number) => `["${'\\u0000'.repeat(count)}"]`;
    expect(walk(nulls(200_000)).cursor.edits).toHaveLength(200_000);
    expect(complaint(nulls(200_001))).toMatch(/^maximum event size exceeded: more than 200000 values to repair/);
  });
});
