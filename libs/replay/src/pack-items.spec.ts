import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openItems, scanPayload, type ItemRuns } from '@app/decoder';
import { runAtOnce } from '@app/event';
import { packItems, type Packing, type Piece } from './pack-items.js';

const LIMITS = { maxDepth: 128, maxEvents: 1000 };
const MARKER = '{"marker":1}';

/** Items as JSON texts that are hard on whoever counts: quotes, backslashes, escapes, blanks, beyond ASCII. */
const text = fc.string({ unit: fc.constantFrom('a', '"', '\\', '\n', '\u0000', 'é', '😀', '\u2028', ' '), maxLength: 30 });
const blanks = fc.constantFrom('', '', ' ', '\n', '\t\r\n  ');
const item = fc.oneof(
  text.map((value) => JSON.stringify(value)),
  fc.tuple(text, text, blanks).map(([key, value, blank]) => `{${blank}${JSON.stringify(key)}${blank}:${JSON.stringify(value)}${blank}}`),
  fc.constantFrom('1.0', '-0', 'null', '[]', '{}', String.raw`"\u0000\ud800"`),
);
const list = fc.tuple(fc.array(item, { maxLength: 12 }), blanks).map(([items, blank]) => ({
  json: `[${blank}${items.join(`${blank},${blank}`)}${blank}]`,
  items,
}));
const recording = fc.oneof(
  list,
  text.map((value) => ({ json: `{"a":${JSON.stringify(value)}}`, items: [`{"a":${JSON.stringify(value)}}`] })),
);

function piecesOf(jsons: readonly string[]): { payload: string; pieces: Piece[] } {
  const events = jsons.map((json) => `{"event":"$snapshot","properties":{"$snapshot_data":${json}}}`);
  const scanned = scanPayload(Buffer.from(`[${events.join(',')}]`), LIMITS);
  const pieces = scanned.events.map(({ index, properties: { snapshot } }) => ({ index, snapshot: snapshot! }));
  return { payload: scanned.text, pieces };
}

const pack = (payload: string, pieces: readonly Piece[], packing: Packing) => runAtOnce(packItems(payload, pieces, packing));

/** One by one: no message has room for any. */
function itemsOf(json: string): string[] {
  const items: string[] = [];
  const runs = openItems(json) as ItemRuns;
  while (runs.next(0, 0) === 'item') items.push(json.slice(runs.run.start, runs.run.end));
  runs.release();
  return items;
}

const utf8 = (binary: string) => Buffer.from(binary, 'latin1').toString();
const escapedBytes = (binary: string) => JSON.stringify(binary).length - 2;

describe('packItems', () => {
  it('counts to the byte what a recording takes once it is escaped', () => {
    fc.assert(
      fc.property(recording, ({ json }) => {
        const { payload, pieces } = piecesOf([json]);
        const { start, end, escapedBytes: counted } = pieces[0].snapshot;
        expect(counted).toBe(escapedBytes(payload.slice(start, end)));
      }),
    );
  });

  it('gives parts that fit, and that joined are the items byte for byte', () => {
    fc.assert(
      fc.property(fc.array(recording, { minLength: 1, maxLength: 6 }), fc.integer({ min: 40, max: 400 }), (recordings, room) => {
        const { payload, pieces } = piecesOf(recordings.map(({ json }) => json));
        const parts = pack(payload, pieces, { room, replace: () => MARKER });
        for (const { items } of parts) expect(escapedBytes(items)).toBeLessThanOrEqual(room);
        const joined = parts.flatMap(({ items }) => itemsOf(`[${items}]`)).map(utf8);
        const tooBig = (json: string) => escapedBytes(Buffer.from(json).toString('latin1')) > room;
        expect(joined).toEqual(recordings.flatMap(({ items }) => items).map((json) => (tooBig(json) ? MARKER : json)));
      }),
      { numRuns: 400 },
    );
  });

  it('counts every event with exactly one part', () => {
    fc.assert(
      fc.property(fc.array(recording, { minLength: 1, maxLength: 8 }), fc.integer({ min: 40, max: 200 }), (recordings, room) => {
        const { payload, pieces } = piecesOf(recordings.map(({ json }) => json));
        const parts = pack(payload, pieces, { room, replace: () => MARKER });
        expect(parts.reduce((sum, { inputs }) => sum + inputs, 0)).toBe(recordings.length);
        const indices = parts.map(({ index }) => index);
        expect(indices.every((index) => index >= 0)).toBe(true);
        expect(indices).toEqual(indices.toSorted((a, b) => a - b));
      }),
    );
  });

  it('fills a part before it begins another', () => {
    const items = Array.from({ length: 10 }, (_, n) => String(n).repeat(10));
    const { payload, pieces } = piecesOf([`[${items.map((one) => `1${one}`).join(',')}]`]);
    // Three numbers of eleven digits and two commas are 35.
    const parts = pack(payload, pieces, { room: 35, replace: () => MARKER });
    expect(parts.map((part) => part.items.split(',').length)).toEqual([3, 3, 3, 1]);
  });

  it('says which event each part begins in', () => {
    const eighteen = '1'.repeat(18);
    const { payload, pieces } = piecesOf([`[${eighteen}]`, '[]', `[${eighteen}]`, `[${eighteen},${eighteen}]`]);
    const parts = pack(payload, pieces, { room: 20, replace: () => MARKER });
    expect(parts.map(({ index, inputs }) => [index, inputs])).toEqual([
      [0, 2],
      [2, 1],
      [3, 1],
      [3, 0],
    ]);
  });

  it('leaves what fits as it is, blanks and all', () => {
    const { payload, pieces } = piecesOf(['[ 1 ,\n2 ]', '[]', '[3]']);
    expect(pack(payload, pieces, { room: 100, replace: () => MARKER })).toEqual([{ items: ' 1 ,\n2 ,3', index: 0, inputs: 3 }]);
  });
});
