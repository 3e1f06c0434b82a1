import { describe, expect, it } from 'vitest';
import { mayNameUnmarked, unknownCoding, unmarkedCodings } from './hints.js';

describe('hints', () => {
  it.each<[string | undefined, readonly string[]]>([
    [undefined, []],
    ['gzip', []],
    ['br', ['br']],
    [' Deflate , BR', ['br', 'deflate']],
    ['brotli', []],
    ['br,br,br', ['br']],
  ])('of %j these are to be tried: %j', (hint, expected) => {
    expect(unmarkedCodings(undefined, hint)).toEqual(expected);
    if (expected.length > 0) expect(mayNameUnmarked(hint)).toBe(true);
  });

  it('looks at the first eight names alone', () => {
    expect(unmarkedCodings(`${'gzip,'.repeat(8)}br`)).toEqual([]);
    expect(unknownCoding(`${'gzip,'.repeat(8)}lz4`)).toBeUndefined();
  });

  it.each<[string | undefined, string | undefined]>([
    [undefined, undefined],
    ['', undefined],
    ['gzip-js, X-GZIP,identity', undefined],
    ['gzip, LZ4', 'lz4'],
    ['<script>', '?script?'],
    ['x'.repeat(100), 'x'.repeat(32)],
  ])('of %j the one that is not understood is %j', (hint, expected) => {
    expect(unknownCoding(undefined, hint)).toBe(expected);
  });
});
