import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eachItem, eachItemSlowly } from './each-item.js';

interface Item {
  readonly text: string;
  /** What it takes within a JSON string. */
  readonly escaped: number;
  readonly escapedStart: number;
}

function itemsBy(walk: typeof eachItem, text: string): Item[] {
  const items: Item[] = [];
  walk(text, (start, end, escapedStart, escapedEnd) =>
    items.push({ text: text.slice(start, end), escaped: escapedEnd - escapedStart, escapedStart }),
  );
  return items;
}

const binary = (text: string) => Buffer.from(text).toString('latin1');
/** Without the quotes around it. */
const escapedLength = (text: string) => JSON.stringify(text).length - 2;

describe.each([
  ['the kernel', eachItem],
  ['the byte loop', eachItemSlowly],
])('the items of an array, found by %s', (_name, walk) => {
  const itemsOf = (text: string) => itemsBy(walk, text);

  it.each(['[]', '[ ]', ' [\\n]'.replace('\\n', '\n')])('finds none in %j', (text) => {
    expect(itemsOf(text)).toEqual([]);
  });

  it('gives every item as it stands, and to the byte what it and all before it take once escaped', () => {
    const value = fc.jsonValue({
      stringUnit: fc.constantFrom('a', '"', '\\', '\n', '\u0001', '\u007f', 'é', '😀', '/') as fc.Arbitrary<string>,
    });
    const gap = fc.constantFrom('', ' ', '\n\t', '\r\n');
    fc.assert(
      fc.property(fc.array(value, { maxLength: 6 }), gap, fc.constantFrom(undefined, 1), (values, between, indent) => {
        const sent = values.map((one) => binary(JSON.stringify(one, null, indent)));
        const text = `${between}[${between}${sent.join(`${between},${between}`)}${between}]`;
        const items = itemsOf(text);
        expect(items.map((item) => item.text)).toEqual(sent);
        expect(items.map(({ escaped }) => escaped)).toEqual(sent.map(escapedLength));
        let at = text.indexOf('[') + 1;
        const starts = sent.map((one) => {
          at = text.indexOf(one, at);
          const start = escapedLength(text.slice(0, at));
          at += one.length;
          return start;
        });
        const distances = (list: readonly number[]) => list.map((start) => start - list[0]);
        expect(distances(items.map(({ escapedStart }) => escapedStart))).toEqual(distances(starts));
      }),
      { numRuns: 500 },
    );
  });
});
