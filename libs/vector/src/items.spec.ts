import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ItemRuns } from './items.js';
import { Kernel } from './kernel.js';
import { WHOLE, type Window } from './memory.js';

const escaped = (text: string) => JSON.stringify(text).length - 2;

/** None of the pool's: it is never given back. */
const kernel = new Kernel();

/** What a packer makes of an array: the texts of its parts, and of what no part has room for. */
function pack(json: string, room: number, piece?: number, window: Window = WHOLE): { parts: string[]; tooBig: string[] } {
  const runs = new ItemRuns(kernel, json, window);
  const parts: string[] = [];
  const tooBig: string[] = [];
  let part: string[] = [];
  const left = () => room - part.reduce((sum, text) => sum + escaped(text) + 1, 0);
  for (;;) {
    const why = runs.next(part.length === 0 ? room : left(), room, piece);
    if (why === 'paused') continue;
    const { start, end, escapedStart, escapedEnd } = runs.run;
    const text = json.slice(start, end);
    if (end > start) expect(escapedEnd - escapedStart).toBe(escaped(text));
    if (why === 'item') tooBig.push(text);
    else if (end > start) part.push(text);
    if (why !== 'full' && why !== 'end') continue;
    if (part.length > 0) parts.push(part.join(','));
    part = [];
    if (why === 'end') break;
  }
  return { parts, tooBig };
}

const item = fc.oneof(
  fc.string({ unit: fc.constantFrom('a', '"', '\\', '\n', 'b'), maxLength: 30 }).map((text) => JSON.stringify(text)),
  fc.constantFrom('1', '[]', '{ "a" : [1,2] }', '[[[]]]', 'null'),
);

describe('ItemRuns', () => {
  it('fills parts as far as items fit, and loses none', () => {
    fc.assert(
      fc.property(
        fc.array(item, { maxLength: 20 }),
        fc.integer({ min: 5, max: 80 }),
        fc.constantFrom(',', ' ,\n'),
        (items, room, comma) => {
          const { parts, tooBig } = pack(`[ ${items.join(comma)} ]`, room);
          for (const part of parts) expect(escaped(part)).toBeLessThanOrEqual(room);
          const fits = (json: string) => escaped(json) <= room;
          expect(parts.flatMap((part) => JSON.parse(`[${part}]`) as unknown[])).toEqual(
            items.filter(fits).map((json) => JSON.parse(json) as unknown),
          );
          expect(tooBig).toEqual(items.filter((json) => !fits(json)));
        },
      ),
    );
  });

  it('comes to the same in however small pieces', () => {
    fc.assert(
      fc.property(fc.array(item, { maxLength: 20 }), fc.integer({ min: 5, max: 80 }), fc.nat(10), (items, room, piece) => {
        const json = `[${items.join(',')}]`;
        expect(pack(json, room, piece)).toEqual(pack(json, room));
      }),
    );
  });

  it('comes to the same through however small a window', () => {
    const long = fc.oneof(
      { weight: 4, arbitrary: item },
      fc.constantFrom('"', '7', 'xy', '\\n', '1,', '[],').chain((run) =>
        fc.integer({ min: 1, max: 700 }).map((length) => {
          const text = run.repeat(length);
          if (run.endsWith(',')) return `[${text}1]`;
          return run === '7' ? text : run === '\\n' ? `"${text}"` : JSON.stringify(text);
        }),
      ),
    );
    const comma = fc.constantFrom(',', ', ', `,${'\n '.repeat(200)}`);
    const window = fc.record({ size: fc.constantFrom(1, 40, 300, 1000), room: fc.constantFrom(64, 100, 300) });
    const room = fc.oneof(fc.integer({ min: 5, max: 80 }), fc.integer({ min: 300, max: 3000 }));
    fc.assert(
      fc.property(fc.array(long, { maxLength: 60 }), comma, room, fc.option(fc.nat(3000)), window, (items, between, size, piece, seen) => {
        const json = `[${items.join(between)}]`;
        expect(pack(json, size, piece ?? undefined, seen)).toEqual(pack(json, size));
      }),
      { numRuns: 2_000 },
    );
  });

  it('takes numbers side by side as it takes other items', () => {
    const number = fc.oneof(fc.integer(), fc.double({ noNaN: true, noDefaultInfinity: true }), fc.constantFrom(true, null));
    fc.assert(
      fc.property(
        fc.array(number, { maxLength: 60 }),
        fc.constantFrom(',', ', ', ' ,'),
        fc.integer({ min: 5, max: 200 }),
        (items, comma, room) => {
          const texts = items.map((one) => JSON.stringify(one));
          const { parts, tooBig } = pack(`[${texts.join(comma)}]`, room);
          const expected: string[] = [];
          let part: string[] = [];
          for (const text of texts.filter(({ length }) => length <= room)) {
            if ([...part, text].join(comma).length > room) {
              expected.push(part.join(comma));
              part = [];
            }
            part.push(text);
          }
          if (part.length > 0) expected.push(part.join(comma));
          if (tooBig.length === 0) expect(parts).toEqual(expected);
          else expect(tooBig).toEqual(texts.filter(({ length }) => length > room));
        },
      ),
      { numRuns: 500 },
    );
  });

  it('has no run for each item: a million small ones that fit are one', () => {
    const runs = new ItemRuns(kernel, `[${'{},'.repeat(999_999)}{}]`, WHOLE);
    expect(runs.next(1e8, 1e8)).toBe('end');
    expect(runs.run).toMatchObject({ start: 1, end: 2_999_999 + 1 });
  });

  it('says of what is no array that it has failed', () => {
    for (const json of ['{}', '[1', '[1 2]']) {
      const runs = new ItemRuns(kernel, json, WHOLE);
      expect(runs.next(100, 100)).toBe('failed');
    }
  });
});
