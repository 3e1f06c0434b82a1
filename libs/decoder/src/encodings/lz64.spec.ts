import fc from 'fast-check';
import lz from 'lz-string';
import { describe, expect, it } from 'vitest';
import { CaptureError, runAtOnce } from '@app/event';
import { decodeLz64 } from './lz64.js';

const encode = (text: string) => Buffer.from(lz.compressToBase64(text), 'latin1');
const LIMITS = { maxLz64Bytes: 1e6, reserve: () => undefined, turn: () => undefined };
const decode = (bytes: Buffer, cap = 1e6) => runAtOnce(decodeLz64(bytes, { ...LIMITS, maxInflatedBytes: cap })).toString();
const refusal = (bytes: Buffer, cap = 1e6) => {
  try {
    return decode(bytes, cap);
  } catch (error) {
    if (error instanceof CaptureError) return error.message;
    throw error;
  }
};
/** Empty when it gives up, in whichever of its ways. */
const byTheLibrary = (input: string) => {
  try {
    return lz.decompressFromBase64(input) ?? '';
  } catch {
    return '';
  }
};
const CORRUPT = 'failed to decode request: decompress_lz64: failed decompress to UTF16';

describe('decodeLz64', () => {
  it('gives back every text that the library packs', () => {
    const repetitive = fc
      .array(fc.constantFrom('a', 'b', 'ab', '{"a":', '😀', 'é', '\ud800'), { maxLength: 200 })
      .map((parts) => parts.join(''));
    fc.assert(
      fc.property(fc.oneof(fc.string({ unit: 'grapheme' }), fc.json(), repetitive, fc.string({ unit: 'binary' })), (text) => {
        expect(decode(encode(text))).toBe(text.toWellFormed());
      }),
      { numRuns: 300 },
    );
  });

  it.each([
    ['one char again and again, each span running into itself', 'a'.repeat(5000)],
    ['codes of more than 16 bits', Array.from({ length: 70_000 }, (_, i) => String.fromCharCode(0x4e00 + ((i * 7919) % 20_000))).join('')],
    ['two halves of a surrogate pair apart', 'x😀y😀😀'],
    ['nothing', ''],
  ])('with %s', (_, text) => {
    expect(decode(encode(text))).toBe(text);
  });

  it('joins surrogate halves across the pieces that the result is made in', () => {
    for (const text of [`${'x'.repeat((2 << 20) - 1)}😀y`, 'x😀'.repeat(1_500_000)]) expect(decode(encode(text), 1e7) === text).toBe(true);
  });

  it('takes no more on the wire than its limit', () => {
    const refused = 'maximum event size exceeded: 10 bytes of lz64 exceed the limit of 9 bytes (MAX_LZ64_BYTES)';
    expect(() => runAtOnce(decodeLz64(Buffer.alloc(10), { ...LIMITS, maxInflatedBytes: 9, maxLz64Bytes: 9 }))).toThrow(refused);
  });

  it('does without the padding', () => {
    fc.assert(
      fc.property(fc.string(), (text) => {
        expect(decode(Buffer.from(lz.compressToBase64(text).replaceAll('=', '')))).toBe(text);
      }),
    );
  });

  it('takes exactly the cap and refuses one character more, in literals and in spans', () => {
    const refused = (cap: number) => `maximum event size exceeded: lz64 payload would exceed ${cap} characters (MAX_INFLATED_BYTES)`;
    for (const text of ['a'.repeat(1000), Array.from({ length: 1000 }, (_, i) => String.fromCharCode(200 + i)).join('')]) {
      expect(refusal(encode(text), 1000)).toBe(text);
      expect(refusal(encode(text), 999)).toBe(refused(999));
    }
    expect(refusal(encode('a'), 0)).toBe(refused(0));
  });

  it('says nothing of what the library, too, can make no sense of', () => {
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/';
    fc.assert(
      fc.property(fc.array(fc.constantFrom(...alphabet.split('')), { minLength: 1, maxLength: 40 }), (chars) => {
        // Zero bits at the end: the library reads such beyond its input, and could find an end there.
        const input = `${chars.join('')}AAAAAAAA`;
        // It takes an unknown first command for the character `undefined`.
        fc.pre(!/^[w-z0-9+/]/.test(input));
        const expected = byTheLibrary(input);
        const ours = refusal(Buffer.from(input));
        if (expected === '') expect(['', CORRUPT]).toContain(ours);
        else expect(ours).toBe(expected.toWellFormed());
      }),
      { numRuns: 3000 },
    );
  });

  it('refuses whatever is cut off', () => {
    const whole = encode('{"event":"e","properties":{"a":"aaaaaaaa"}}').toString().replaceAll('=', '');
    for (let end = 0; end < whole.length - 1; end++) expect(refusal(Buffer.from(whole.slice(0, end)))).toBe(CORRUPT);
  });
});
