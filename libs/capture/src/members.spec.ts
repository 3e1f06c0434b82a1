import { describe, expect, it } from 'vitest';
import { Drop } from '@app/event';
import { MemberNames } from '@app/decoder';
import { objectOf, unlessTooMany, withoutMembers } from './members.js';

const NAMES = new MemberNames(['a', 'b']);
const without = (json: string) => withoutMembers(json, NAMES.all(json));

describe('withoutMembers', () => {
  it.each([
    ['{"a":1}', '{}'],
    ['{"a":1,"c":2}', '{"c":2}'],
    ['{"c":2,"a":1}', '{"c":2}'],
    ['{"c":1, "a":2 , "d":3}', '{"c":1, "d":3}'],
    ['{"a":1,"b":2}', '{}'],
    ['{"c":1,"a":1,"b":2}', '{"c":1}'],
    ['{"a":1,"c":1,"b":2}', '{"c":1}'],
    ['{ "c" : [1, 2] , "a":{} }', '{ "c" : [1, 2] }'],
    ['{"c":0}', '{"c":0}'],
  ])('of %s is %s', (json, expected) => {
    expect(without(json)).toBe(expected);
    expect(JSON.parse(without(json))).toEqual(JSON.parse(expected));
  });
});

describe('objectOf', () => {
  it('joins runs of members, and leaves out what has none', () => {
    expect([objectOf([' "a":1 ', '', ' \n', '"b":2']), objectOf([])]).toEqual(['{"a":1,"b":2}', '{}']);
  });
});

describe('unlessTooMany', () => {
  it('drops an event that repeats a name beyond all reason, and passes on any other failure', () => {
    const repeated = `{${Array(5000).fill('"a":0').join(',')}}`;
    expect(unlessTooMany(3, () => NAMES.all(repeated))).toEqual(
      new Drop('malformed_event', 'event 3: members that are moved stand in it more than 64 times', 'unparsable'),
    );
    expect(() => unlessTooMany(3, () => NAMES.all('{"a"'))).toThrow('no JSON');
  });
});
