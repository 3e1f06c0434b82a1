import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { TooManyMembersError } from '@app/decoder';
import { isProtected, protectIpFields, type ProtectingMode } from './ip-fields.js';
import { truncateAddress } from './truncate-address.js';

const MODES: readonly ProtectingMode[] = ['truncate', 'drop', 'hash'];
const binary = (text: string) => Buffer.from(text).toString('latin1');

describe('protectIpFields', () => {
  it('gives up on an event with more addresses than anybody has a reason for, wherever they are', () => {
    const inner = `"properties":{${Array(20).fill('"$ip":"::1"').join(',')}}`;
    const event = (times: number) => `{${Array(times).fill(inner).join(',')}}`;
    expect(protectIpFields(event(3), 'drop')).not.toContain('::1');
    expect(() => protectIpFields(event(4), 'drop')).toThrow(TooManyMembersError);
    expect(() => isProtected(event(4), 'drop')).toThrow(TooManyMembersError);
  });

  it.each([
    ['at the top level', '{"$ip":"203.0.113.9"}', '{"$ip":"203.0.113.0"}', '{"$ip":null}'],
    [
      'in properties',
      '{"properties":{"a":1,"$ip":"2001:db8::1"}}',
      '{"properties":{"a":1,"$ip":"2001:db8::"}}',
      '{"properties":{"a":1,"$ip":null}}',
    ],
    ['with spaces', '{ "$ip" : "203.0.113.9" , "a":1.0}', '{ "$ip" : "203.0.113.0" , "a":1.0}', '{ "$ip" : null , "a":1.0}'],
    ['twice', '{"$ip":"203.0.113.9","$ip":"198.51.100.7"}', '{"$ip":"203.0.113.0","$ip":"198.51.100.0"}', '{"$ip":null,"$ip":null}'],
    [
      'with an escaped key',
      String.raw`{"\u0024i\u0070":"203.0.113.9"}`,
      String.raw`{"\u0024i\u0070":"203.0.113.0"}`,
      String.raw`{"\u0024i\u0070":null}`,
    ],
    ['with an escaped value', String.raw`{"$ip":"203\u002e0.113.9"}`, '{"$ip":"203.0.113.0"}', '{"$ip":null}'],
    [
      'in both of two properties',
      '{"properties":{"$ip":"203.0.113.9"},"properties":{}}',
      '{"properties":{"$ip":"203.0.113.0"},"properties":{}}',
      '{"properties":{"$ip":null},"properties":{}}',
    ],
    ['when it is no address', '{"$ip":"203.0.113.9:80"}', '{"$ip":null}', '{"$ip":null}'],
    ['when it is no string', '{"$ip":["203.0.113.9"]}', '{"$ip":null}', '{"$ip":null}'],
    ['when it is a number', '{"$ip":3405803785}', '{"$ip":null}', '{"$ip":null}'],
  ])('protects it %s', (_, data, truncated, removed) => {
    expect(MODES.map((mode) => protectIpFields(data, mode))).toEqual([truncated, removed, removed]);
    expect(isProtected(data, 'truncate')).toBe(false);
    expect(isProtected(truncated, 'truncate')).toBe(true);
  });

  it.each([
    ['text that mentions it', '{"properties":{"note":"my \\"$ip\\" is 203.0.113.9"}}'],
    ['deeper objects, which are out of scope', '{"properties":{"$set":{"$ip":"203.0.113.9"}},"x":{"$ip":"203.0.113.9"}}'],
    ['another case', '{"$IP":"203.0.113.9","ip":"203.0.113.9"}'],
    ['properties that are none', '{"properties":"\\"$ip\\":1"}'],
  ])('leaves %s', (_, data) => {
    expect(MODES.map((mode) => protectIpFields(data, mode))).toEqual([data, data, data]);
  });

  it('edits every address in scope and not a byte more, however keys and values are written', () => {
    fc.assert(
      fc.property(anObject(2), fc.constantFrom(...MODES), (object, mode) => {
        const data = binary(render(object, undefined));
        const result = protectIpFields(data, mode);
        expect(result).toBe(binary(render(object, mode)));
        expect(isProtected(result, mode)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});

/** A JSON object as somebody could write it: a list of members, so that keys may repeat. */
interface Written {
  readonly members: readonly { readonly key: Text; readonly value: Text | Written | string; readonly space: string }[];
}
/** A string and the way it is written. */
interface Text {
  readonly text: string;
  readonly literal: string;
}

function written(text: fc.Arbitrary<string>): fc.Arbitrary<Text> {
  const seed = fc.infiniteStream(fc.nat(7));
  return fc.tuple(text, seed).map(([plain, choices]) => {
    const literal = Array.from(plain, (character) => write(character, choices.next().value as number)).join('');
    return { text: plain, literal: `"${literal}"` };
  });
}

function write(character: string, choice: number): string {
  const escape = (hex: string) => String.raw`\u${hex.padStart(4, '0')}`;
  const units = Array.from({ length: character.length }, (_, i) => character.charCodeAt(i).toString(16));
  if (choice === 0) return units.map(escape).join('');
  if (choice === 1) return units.map((unit) => escape(unit.toUpperCase())).join('');
  return JSON.stringify(character).slice(1, -1);
}

function anObject(depth: number): fc.Arbitrary<Written> {
  const address = fc.oneof(
    fc.ipV4(),
    fc.ipV6(),
    fc.ipV4().map((ip) => `::ffff:${ip}`),
    fc.constantFrom('', 'unknown', '203.0.113.9:1'),
  );
  const key = fc.oneof(
    { weight: 3, arbitrary: fc.constantFrom('$ip', 'properties', '$set', 'ip', '$ip ') },
    fc.string({ unit: 'grapheme', maxLength: 5 }),
  );
  const scalar = fc.constantFrom('1.0', '-0', '12345678901234567890', 'true', 'null', '[]', '[{"$ip":"203.0.113.9"}]', '{ }');
  const values: fc.Arbitrary<Text | Written | string>[] = [
    written(address),
    written(fc.string({ unit: 'grapheme', maxLength: 8 })),
    scalar,
  ];
  if (depth > 0) values.push(anObject(depth - 1), anObject(depth - 1));
  const member = fc.record({ key: written(key), value: fc.oneof(...values), space: fc.constantFrom('', ' ', '\n\t') });
  return fc.array(member, { maxLength: 6 }).map((members) => ({ members }));
}

/** Its text; with a mode as it should be afterwards. `scope` is 1 where `$ip` counts. */
function render({ members }: Written, mode: ProtectingMode | undefined, scope = 1, isTop = true): string {
  const texts = members.map(({ key, value, space }) => {
    const inner = isTop && key.text === 'properties' ? 1 : 0;
    const plain = typeof value === 'string' ? value : 'members' in value ? render(value, mode, inner, false) : value.literal;
    const isInScope = mode !== undefined && scope === 1 && key.text === '$ip';
    return `${space}${key.literal}${space}:${space}${isInScope ? expected(value, mode) : plain}${space}`;
  });
  return `{${texts.join(',')}}`;
}

function expected(value: Text | Written | string, mode: ProtectingMode): string {
  if (mode !== 'truncate' || typeof value === 'string' || 'members' in value) return 'null';
  const network = truncateAddress(value.text);
  return network === '' ? 'null' : `"${network}"`;
}
