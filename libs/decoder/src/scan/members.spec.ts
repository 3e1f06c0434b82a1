import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { membersOf, objectOf } from './members.js';

const binary = (text: string) => Buffer.from(text).toString('latin1');
const readable = (text: string) => Buffer.from(text, 'latin1').toString();

describe('membersOf', () => {
  it('gives keys unescaped, values and whole members as they stood', () => {
    const members = membersOf(binary('{ "a" : 1.0 ,"\\u0062":[ "é" ], "c\\"":{"d":1} }'));
    expect(members.map(({ key, value, text }) => [key, readable(value), readable(text)])).toEqual([
      ['a', '1.0', '"a" : 1.0'],
      ['b', '[ "é" ]', '"\\u0062":[ "é" ]'],
      ['c"', '{"d":1}', '"c\\"":{"d":1}'],
    ]);
  });

  it('keeps duplicates, in order', () => {
    expect(membersOf('{"a":1,"a":2}').map(({ value }) => value)).toEqual(['1', '2']);
  });

  it.each(['{}', '{ }', '[1]', '"text"', '5', 'null', ''])('finds none in %j', (text) => {
    expect(membersOf(text)).toEqual([]);
  });

  it('goes as deep as the payload went', () => {
    const deep = `${'['.repeat(900)}${']'.repeat(900)}`;
    expect(membersOf(`{"a":${deep}}`)[0].value).toBe(deep);
  });
});

describe('objectOf', () => {
  it('puts together what membersOf took apart, so that it parses to the same', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.constantFrom(undefined, 1), (object, indent) => {
        const text = JSON.stringify(object, null, indent);
        const again = readable(objectOf(membersOf(binary(text))));
        expect(JSON.parse(again)).toEqual(JSON.parse(text));
      }),
    );
  });

  it('takes members of its caller between them', () => {
    expect(objectOf(['"b":2', ...membersOf('{"a": 1}')])).toBe('{"b":2,"a": 1}');
  });
});
