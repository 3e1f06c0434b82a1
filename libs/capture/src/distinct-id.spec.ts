import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { scanPayload } from '@app/decoder';
import type { Drop } from '@app/event';
import { distinctIdText } from './distinct-id.js';

/** The id of an event that spells it as `json`. */
function idOf(json: string): string | Drop | undefined {
  const payload = scanPayload(Buffer.from(`{"distinct_id":${json}}`), { maxDepth: 1000, maxEvents: 1 });
  const { distinctId } = payload.events[0];
  return distinctId && distinctIdText(distinctId);
}

/** What another program makes of it: sorted keys, no white space, numbers as they were written (here: as JavaScript does). */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  const keys = Object.keys(value).sort((a, b) => Buffer.compare(Buffer.from(a), Buffer.from(b)));
  return `{${keys.map((key) => `${JSON.stringify(key)}:${canonical((value as Record<string, unknown>)[key])}`).join(',')}}`;
}

describe('distinctIdText', () => {
  it.each([
    ['"myid"', 'myid'],
    ['" a "', ' a '],
    ['"caf\\u00e9 é"', 'café é'],
    ['23', '23'],
    ['23.4', '23.4'],
    ['1.0', '1.0'],
    ['1e21', '1e21'],
    ['-0', '-0'],
    ['9223372036854775807', '9223372036854775807'],
    ['0', '0'],
    ['true', 'true'],
    ['false', 'false'],
    ['["a", "b"]', '["a","b"]'],
    ['{"string":"a","number":3}', '{"number":3,"string":"a"}'],
    ['{"b":{"d":1.0,"c":1e400},"a":9223372036854775807}', '{"a":9223372036854775807,"b":{"c":1e400,"d":1.0}}'],
    ['{"a":1,"a":2}', '{"a":2}'],
    ['{"10":1,"9":2}', '{"10":1,"9":2}'],
    ['{"__proto__":1,"a":{"constructor":2}}', '{"__proto__":1,"a":{"constructor":2}}'],
    ['{"\\ue000":1,"\\ud83d\\ude00":2}', '{"\ue000":1,"😀":2}'],
    ['[NaN,-Infinity,Infinity,"NaN","\\"NaN"]', '[null,null,null,"NaN","\\"NaN"]'],
    ['[]', '[]'],
    ['{}', '{}'],
  ])('%s is %s', (json, expected) => {
    expect(idOf(json)).toBe(expected);
  });

  it.each(['""', '"   "', '"\\t\\n"', 'null', 'NaN'])('%s is none', (json) => {
    expect(idOf(json)).toBeUndefined();
  });

  it.each([
    ['NUL', '"a\\u0000b"', 'a\ufffdb'],
    ['NUL within an object', '{"a":"\\u0000"}', '{"a":"\ufffd"}'],
    ['half a surrogate pair', '"a\\ud800"', 'a\ufffd'],
    ['half a surrogate pair within a list', '["\\udfff"]', '["\ufffd"]'],
  ])('puts U+FFFD in the place of %s', (_, json, expected) => {
    expect(idOf(json)).toBe(expected);
  });

  it('is the canonical text of any object or list, however it was written', () => {
    const value = fc.oneof(
      fc.array(fc.jsonValue({ stringUnit: 'grapheme' })),
      fc.dictionary(fc.string({ unit: 'grapheme' }), fc.jsonValue()),
    );
    fc.assert(
      fc.property(value, fc.constantFrom(undefined, 2), (object, indent) => {
        const json = JSON.stringify(object, null, indent);
        const expected = canonical(JSON.parse(json.replaceAll('\\u0000', '\\ufffd')));
        expect(idOf(json)).toBe(Array.from(expected).slice(0, 200).join(''));
      }),
      { numRuns: 500 },
    );
  });

  it.each([
    ['letters', 'x'],
    ['two bytes', 'é'],
    ['two units', '😀'],
  ])('is cut to 200 characters of %s', (_, char) => {
    expect(idOf(JSON.stringify(char.repeat(200)))).toBe(char.repeat(200));
    expect(idOf(JSON.stringify(char.repeat(201)))).toBe(char.repeat(200));
    expect(idOf(JSON.stringify(`a${char.repeat(200)}`))).toBe(`a${char.repeat(199)}`);
  });

  it('reads no more of a long id than it keeps, whatever it is made of', () => {
    expect(idOf(`"${'x'.repeat(10_000_000)}"`)).toBe('x'.repeat(200));
    expect(idOf(`"${String.raw`\ud83d\ude00`.repeat(100_000)}"`)).toBe('😀'.repeat(200));
    expect(idOf(`["${'x'.repeat(16_000)}"]`)).toBe(`["${'x'.repeat(198)}`);
    expect(idOf(`[${'[],'.repeat(5000)}0]`)).toBe(`[${'[],'.repeat(67)}`.slice(0, 200));
  });

  it('drops an id that is no string and longer than 16 KiB, and names the limit', () => {
    const drop = idOf(`[${'1,'.repeat(8191)}1]`);
    expect(idOf(`[${'1,'.repeat(8190)}1]`)).toBeTypeOf('string');
    expect(drop).toMatchObject({
      cause: 'distinct_id_too_big',
      detail: 'an id that is no string may have 16384 bytes, this one has 16385',
    });
  });

  it('keeps the smallest of a thousand keys, and the last of equal ones', () => {
    const keys = Array.from({ length: 1300 }, (_, i) => `"k${(i * 7919) % 1300}":${i}`);
    const expected = canonical(JSON.parse(`{${keys.join(',')},"k10":"last"}`));
    expect(idOf(`{${keys.join(',')},"k10":"last"}`)).toBe(expected.slice(0, 200));
  });
});
