import { deepStrictEqual } from 'node:assert';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { encodeBody } from '../corpus/runner.js';
import { openGateway, type Gateway } from './gateway.js';

/** JSON as an SDK might write it: the text, and the same with bare NaN and Infinity as null. */
interface Written {
  readonly text: string;
  readonly json: string;
}

const same = (text: string): Written => ({ text, json: text });
const blank = fc.constantFrom('', '', '', ' ', '\n\t', '  ');
const number = fc.oneof(
  fc.double({ noNaN: true, noDefaultInfinity: true }).map((value) => JSON.stringify(value)),
  fc.bigInt().map(String),
  fc.constantFrom(
    '1.0',
    '-0',
    '-0.0',
    '1e21',
    '1E+2',
    '0.1e-7',
    '9223372036854775807',
    '-9223372036854775808',
    '3.141592653589793238462643383279',
  ),
);
/** Pieces of string literals that the gateway passes on as they are … */
const piece = fc.oneof(
  fc.string({ unit: 'grapheme' }).map((text) => JSON.stringify(text.replaceAll('\0', '')).slice(1, -1)),
  fc.constantFrom(
    '\\u00e9',
    '\\/',
    '\\"',
    '\\\\',
    '\\n',
    '\ud83d\ude00',
    '\\\\u0000',
    '\\\\ud800',
    '😀',
    '日',
    '\u2028',
    '\u007f',
    '\\u0001',
  ),
);
/** … and those that it edits. */
const edited = fc.constantFrom('\\ud800', '\\udc00', '\\u0000', '\\uD83D', '\\ud83dx');
const literal = (pieces: fc.Arbitrary<string>) => fc.array(pieces, { maxLength: 5 }).map((parts) => same(`"${parts.join('')}"`));

/** The closed table of edits, on one string. */
const repair = (text: string) => text.toWellFormed().replaceAll('\0', '\ufffd');
/**
 * Keys need no edit here: now and then V8 (Node 26.10) gives back another key for one with a lone surrogate, and the oracle
 * would be wrong. The last test of this file has such keys.
 */
const keys = literal(piece);

function values(strings: fc.Arbitrary<Written>, scalars: fc.Arbitrary<Written>): fc.Arbitrary<Written> {
  const { value } = fc.letrec<{ value: Written; list: Written; object: Written }>((tie) => ({
    value: fc.oneof({ maxDepth: 4, withCrossShrink: true }, scalars, strings, tie('list'), tie('object')),
    list: fc.tuple(fc.array(tie('value'), { maxLength: 4 }), blank).map(([items, gap]) => join('[', items, `${gap},${gap}`, ']')),
    object: fc.tuple(fc.array(fc.tuple(keys, tie('value')), { maxLength: 4 }), blank).map(([members, gap]) =>
      join(
        '{',
        members.map(([key, member]) => pair(key, member, gap)),
        `,${gap}`,
        '}',
      ),
    ),
  }));
  return value;
}

const pair = (key: Written, value: Written, gap: string): Written => ({
  text: `${key.text}${gap}:${gap}${value.text}`,
  json: `${key.json}:${value.json}`,
});

function join(open: string, items: readonly Written[], separator: string, close: string): Written {
  const of = (side: keyof Written) => open + items.map((item) => item[side]).join(side === 'text' ? separator : ',') + close;
  return { text: of('text'), json: of('json') };
}

const scalar = fc.oneof(number, fc.constantFrom('true', 'false', 'null')).map(same);
const notJson = fc.constantFrom('NaN', 'Infinity', '-Infinity').map((text) => ({ text, json: 'null' }));

/** An event: the members that it needs, others around them, in any order. */
function events(value: fc.Arbitrary<Written>): fc.Arbitrary<Written> {
  const fixed = ['"token":"phc_oracle"', '"event":"e"', '"distinct_id":"d"'].map(same);
  return fc.tuple(value, value, value, blank).chain(([a, b, c, gap]) => {
    const properties = join('{', [pair(same('"a"'), a, gap), pair(same('"a"'), b, gap), pair(same('"10"'), c, gap)], `${gap},`, '}');
    const members = [...fixed, pair(same('"properties"'), properties, gap), pair(same('"unknown"'), a, gap)];
    return fc.shuffledSubarray(members, { minLength: members.length }).map((shuffled) => join('{', shuffled, `,${gap}`, '}'));
  });
}

const WRAPPINGS = [[], ['gzip'], ['base64'], ['base64', 'form:data'], ['lz64', 'form:data', 'append:&compression=lz64']];
const bodies = (event: fc.Arbitrary<Written>) =>
  fc.record({
    list: fc.array(event, { minLength: 1, maxLength: 4 }),
    shape: fc.constantFrom('single', 'array', 'batch'),
    wrapping: fc.constantFrom(...WRAPPINGS),
    gap: blank,
  });

function bodyText({ list, shape, gap }: { list: readonly Written[]; shape: string; gap: string }): string {
  const array = `[${gap}${list.map(({ text }) => text).join(`${gap},${gap}`)}${gap}]`;
  if (shape === 'array') return array;
  return shape === 'batch' ? `{"api_key":"phc_oracle",${gap}"batch":${array}}` : list[0].text;
}

/** The table of edits, as a reading of values: what JSON.parse of `data` must give. */
function edit(value: unknown): unknown {
  if (typeof value === 'string') return repair(value);
  if (Array.isArray(value)) return value.map(edit);
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [repair(key), edit(item)]));
}

describe('data, against JSON.parse of what was sent', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await openGateway();
  });
  afterAll(() => gateway.close());

  async function dataOf(body: { list: readonly Written[]; shape: string; wrapping: readonly string[]; gap: string }): Promise<string[]> {
    const bytes = encodeBody(Buffer.from(bodyText(body)), body.wrapping);
    const form = body.wrapping.includes('form:data');
    const answer = await gateway.send({
      method: 'POST',
      url: '/e/',
      headers: { 'content-type': form ? 'application/x-www-form-urlencoded' : 'text/plain' },
      body: bytes,
    });
    expect(answer).toMatchObject({ status: 200, body: '{"status":"Ok"}' });
    return gateway.taken().map(({ value }) => (JSON.parse(value) as { data: string }).data);
  }

  const sent = ({ list, shape }: { list: readonly Written[]; shape: string }) => (shape === 'single' ? list.slice(0, 1) : list);

  it('is the text that was sent, byte for byte, when nothing needs an edit', async () => {
    const arbitrary = bodies(events(values(literal(piece), scalar)));
    await fc.assert(
      fc.asyncProperty(arbitrary, async (body) => {
        expect(await dataOf(body)).toEqual(sent(body).map(({ text }) => text));
      }),
      { numRuns: 400 },
    );
  });

  it('parses to what was sent, after the table of edits', async () => {
    const arbitrary = bodies(events(values(literal(fc.oneof(piece, edited)), fc.oneof(scalar, notJson))));
    await fc.assert(
      fc.asyncProperty(arbitrary, async (body) => {
        const parsed = (await dataOf(body)).map((data) => JSON.parse(data) as unknown);
        deepStrictEqual(
          parsed,
          sent(body).map(({ json }) => edit(JSON.parse(json))),
        );
      }),
      { numRuns: 400 },
    );
  });

  it('has no lone surrogate and no NUL in its keys either', async () => {
    const text = String.raw`{"token":"phc_oracle","event":"e","distinct_id":"d","\ud800x":1,"properties":{"a\u0000\udc00":NaN,"\ud83d\ude00":2}}`;
    const [data] = await dataOf({ list: [same(text)], shape: 'single', wrapping: [], gap: '' });
    expect(data).toBe(
      String.raw`{"token":"phc_oracle","event":"e","distinct_id":"d","\ufffdx":1,"properties":{"a\ufffd\ufffd":null,"\ud83d\ude00":2}}`,
    );
  });
});
