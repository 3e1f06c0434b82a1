import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runAtOnce } from '@app/event';
import { utf8Steps } from './utf8.js';

const toUtf8 = (bytes: Buffer) => runAtOnce(utf8Steps(bytes, () => undefined));

/** CESU-8: every UTF-16 unit encoded for itself, as old posthog-js does. */
function cesu8(text: string): Buffer {
  const bytes: number[] = [];
  for (let i = 0; i < text.length; i++) {
    const unit = text.charCodeAt(i);
    if (unit < 0x80) bytes.push(unit);
    else if (unit < 0x800) bytes.push(0xc0 | (unit >> 6), 0x80 | (unit & 0x3f));
    else bytes.push(0xe0 | (unit >> 12), 0x80 | ((unit >> 6) & 0x3f), 0x80 | (unit & 0x3f));
  }
  return Buffer.from(bytes);
}

const hex = (text: string) => Buffer.from(text, 'hex');

describe('utf8Steps', () => {
  it('restores any text from CESU-8; lone halves become U+FFFD', () => {
    const units = fc.array(fc.oneof(fc.constantFrom(0xd83d, 0xde00, 0xdbff, 0xdc00, 0xd7ff, 0xe000, 0x41, 0xe9), fc.nat(0xffff)));
    fc.assert(
      fc.property(units, (codes) => {
        const text = String.fromCharCode(...codes).replace(/^\ufeff/, '');
        expect(toUtf8(cesu8(text))?.toString()).toBe(text.toWellFormed());
      }),
      { numRuns: 1000 },
    );
  });

  it.each(['\udc00\udc00', '\ud83d\ud83d\ude00', '\ude00\ud83d', '\ud800\udc00', '\udbff\udfff'])(
    'pairs halves as JavaScript does: %j',
    (text) => {
      expect(toUtf8(cesu8(text))?.toString()).toBe(text.toWellFormed());
    },
  );

  it('copies nothing of what is valid already', () => {
    const bytes = Buffer.from('{"a":"😀"}');
    expect(toUtf8(bytes)).toBe(bytes);
  });

  it('mixes CESU-8 and UTF-8, as a form field of two libraries does', () => {
    expect(toUtf8(Buffer.concat([Buffer.from('😀'), cesu8('😀'), Buffer.from('é')]))?.toString()).toBe('😀😀é');
  });

  it.each([
    ['a byte order mark', 'efbbbf7b7d', '{}'],
    ['one of two byte order marks', 'efbbbfefbbbf', '\ufeff'],
    ['nothing', '', ''],
  ])('drops %s', (_, bytes, expected) => {
    expect(toUtf8(hex(bytes))?.equals(Buffer.from(expected))).toBe(true);
  });

  it.each([
    ['a lone continuation byte', '7b807d'],
    ['an overlong slash', 'c0af'],
    ['a character beyond U+10FFFF', 'f4908080'],
    ['latin-1', '636166e9'],
    ["a surrogate's first byte at the end", '7b7ded'],
    ["a surrogate's first two bytes at the end", '7b7deda0'],
    ['half a pair, cut', 'eda0bdedb8'],
    ['a surrogate with a bad third byte', 'eda041'],
  ])('refuses %s', (_, bytes) => {
    expect(toUtf8(hex(bytes))).toBeUndefined();
  });

  it('takes no bytes that are not UTF-8 once the surrogates are out', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom(0xed, 0xa0, 0xbd, 0xb8, 0x80, 0x41, 0xef, 0xbf, 0xe9), { maxLength: 9 }), (codes) => {
        const bytes = Buffer.from(codes);
        // The same told by a pattern: with letters for the surrogates, the rest must decode.
        const rest = bytes.toString('latin1').replace(/\xed[\xa0-\xbf][\x80-\xbf]/g, 'x');
        expect(toUtf8(bytes) !== undefined).toBe(Buffer.from(Buffer.from(rest, 'latin1').toString()).toString('latin1') === rest);
      }),
      { numRuns: 3000 },
    );
  });
});
