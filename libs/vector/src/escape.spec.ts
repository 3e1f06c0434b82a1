import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeText, writeEscaped } from './escape.js';

/** With two bytes around it that must stay. */
function escaped(text: string): string {
  const size = escapeText(text);
  const target = Buffer.alloc(size + 2, '|');
  writeEscaped(target, 1);
  return target.toString('latin1');
}

const binary = (minLength: number, maxLength: number) =>
  fc.uint8Array({ minLength, maxLength }).map((bytes) => Buffer.from(bytes).toString('latin1'));

describe('escapeText', () => {
  it('writes what JSON.stringify writes, whatever the bytes are', () => {
    fc.assert(
      fc.property(binary(0, 100), (text) => {
        expect(escaped(text)).toBe(`|${JSON.stringify(text).slice(1, -1)}|`);
      }),
    );
  });

  it('does so for every byte at every place of a turn', () => {
    for (let byte = 0; byte < 256; byte++)
      for (let at = 0; at < 17; at++) {
        const text = `${'x'.repeat(at)}${String.fromCharCode(byte)}${'"'.repeat(16 - at)}`;
        expect(escaped(text)).toBe(`|${JSON.stringify(text).slice(1, -1)}|`);
      }
  });

  it('takes texts in pieces that are larger than its memory for them', () => {
    for (const length of [65_535, 65_536, 65_537, 200_003]) {
      const text = '\u0001"é\\ab\n'.repeat(Math.ceil(length / 7)).slice(0, length);
      expect(escaped(text) === `|${JSON.stringify(text).slice(1, -1)}|`, `${length} bytes`).toBe(true);
    }
  });

  it('keeps the last text only', () => {
    escapeText('x'.repeat(100_000));
    expect(escaped('"')).toBe(String.raw`|\"|`);
  });
});
