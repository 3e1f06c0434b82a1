import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Kind } from './kind.js';
import { MemberNames, TooManyMembersError } from './named-members.js';

const NAMES = new MemberNames(['a', '$ip', 'properties']);
const binary = (text: string) => Buffer.from(text).toString('latin1');

describe('MemberNames', () => {
  it('finds members by name, in order, duplicates included, and where they stand', () => {
    const json = binary('{ "a" : 1.0 ,"\\u0024ip":[ "é" ], "other":{"a":2}, "properties":{},"a":"x" }');
    const found = NAMES.all(json).map(({ name, kind, keyStart, valueStart, valueEnd }) => [
      name,
      kind,
      json.slice(keyStart, valueEnd),
      json.slice(valueStart, valueEnd),
    ]);
    expect(found).toEqual([
      ['a', Kind.Number, '"a" : 1.0', '1.0'],
      ['$ip', Kind.Array, binary('"\\u0024ip":[ "é" ]'), binary('[ "é" ]')],
      ['properties', Kind.Object, '"properties":{}', '{}'],
      ['a', Kind.String, '"a":"x"', '"x"'],
    ]);
  });

  it.each(['[]', '5', '"a"', 'null', '{}', ' {} '])('finds none in %s', (json) => {
    expect(NAMES.all(json)).toEqual([]);
  });

  it('agrees with JSON.parse on which one counts', () => {
    const members = fc.array(fc.tuple(fc.constantFrom('a', '$ip', 'b', '\u0061'), fc.jsonValue({ maxDepth: 2 })), { maxLength: 8 });
    fc.assert(
      fc.property(members, (list) => {
        const json = `{${list.map(([key, value]) => `${JSON.stringify(key)}:${JSON.stringify(value)}`).join(',')}}`;
        const last = NAMES.all(binary(json)).findLast(({ name }) => name === 'a');
        const parsed = JSON.parse(json) as Record<string, unknown>;
        const found = last && (JSON.parse(Buffer.from(binary(json).slice(last.valueStart, last.valueEnd), 'latin1').toString()) as unknown);
        expect(found).toEqual(parsed.a);
      }),
    );
  });

  it('gives up on a name that is repeated beyond all reason, and on what is no JSON', () => {
    const repeated = (times: number) => `{${Array(times).fill('"a":0').join(',')}}`;
    expect(NAMES.all(repeated(64))).toHaveLength(64);
    expect(() => NAMES.all(repeated(65))).toThrow(TooManyMembersError);
    // The last of each name is found among any number.
    expect(NAMES.last(`${repeated(100_000).slice(0, -1)},"$ip":1,"a":"x"}`).map(({ name, kind }) => [name, kind])).toEqual([
      ['$ip', Kind.Number],
      ['a', Kind.String],
    ]);
    expect(() => NAMES.all('{"a":}')).toThrow('no JSON');
  });

  it('costs nothing for what has another name, however often', () => {
    expect(NAMES.all(`{${Array(1_000_000).fill('"":0').join(',')},"a":1}`)).toHaveLength(1);
  });
});
