import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runAtOnce } from '@app/event';
import { decodeBase64, looksLikeBase64 } from './base64.js';

const LIMITS = { maxBase64Bytes: 1000, reserve: () => undefined, turn: () => undefined };
const decode = (text: string) => runAtOnce(decodeBase64(Buffer.from(text, 'latin1'), LIMITS));

describe('decodeBase64', () => {
  it('takes both alphabets, with or without padding, with spaces for pluses and white space around', () => {
    const spelling = fc.record({
      url: fc.boolean(),
      padded: fc.boolean(),
      spaces: fc.boolean(),
      around: fc.constantFrom('', '\n', ' \r\n'),
    });
    fc.assert(
      fc.property(fc.uint8Array({ minLength: 1 }), spelling, (bytes, { url, padded, spaces, around }) => {
        let text = Buffer.from(bytes).toString('base64');
        if (url) text = text.replaceAll('+', '-').replaceAll('/', '_');
        if (!padded) text = text.replace(/=+$/, '');
        // A plus at the very end or start can't be told from white space around.
        if (spaces && !/^\+|\+$/.test(text)) text = text.replaceAll('+', ' ');
        expect(decode(around + text + around)).toEqual(Buffer.from(bytes));
      }),
    );
  });

  it('takes no more than could come uncompressed, and reserves what it holds', () => {
    let held = 0;
    const reserve = (bytes: number) => void (held += bytes);
    expect(runAtOnce(decodeBase64(Buffer.alloc(1000, 'A AA'), { ...LIMITS, reserve }))).toHaveLength(750);
    expect(held).toBe(3000);
    expect(() => decode('A'.repeat(1001))).toThrow('1001 bytes of base64 exceed the limit of 1000 bytes (MAX_BODY_BYTES)');
  });

  it('passes over line breaks', () => {
    expect(decode('aGVs\r\nbG8=\n').toString()).toBe('hello');
  });
});

describe('looksLikeBase64', () => {
  it.each(['aGVsbG8=', 'a-_b', 'a b+/', 'undefined', '=', ' '])('of %j: yes', (text) => {
    expect(looksLikeBase64(Buffer.from(text))).toBe(true);
  });

  it.each(['', '{}', '"a"', 'a,b', 'data=aGVs&x', 'é', 'a\0', 'a%2B'])('of %j: no', (text) => {
    expect(looksLikeBase64(Buffer.from(text))).toBe(false);
  });

  it('reads no further than 128 bytes', () => {
    expect(looksLikeBase64(Buffer.from(`${'a'.repeat(128)}{`))).toBe(true);
    expect(looksLikeBase64(Buffer.from(`${'a'.repeat(127)}{`))).toBe(false);
  });
});
