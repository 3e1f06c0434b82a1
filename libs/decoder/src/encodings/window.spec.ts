import { brotliCompressSync, constants, zstdCompressSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { windowBytes } from './window.js';

const TEXT = Buffer.alloc(3_000_000, 'abcdefg');
const MIB = 2 ** 20;

describe('windowBytes', () => {
  it.each([10, 11, 15, 16, 17, 18, 22, 24])('reads brotli’s of 2^%i bytes', (log) => {
    expect(windowBytes(brotliCompressSync(TEXT, { params: { [constants.BROTLI_PARAM_LGWIN]: log } }), 'br')).toBe(2 ** log);
  });

  it.each([10, 17, 20])('reads zstd’s of 2^%i bytes, of the largest frame', (log) => {
    const frame = zstdCompressSync(TEXT, { params: { [constants.ZSTD_c_windowLog]: log, [constants.ZSTD_c_checksumFlag]: 1 } });
    expect(windowBytes(frame, 'zstd')).toBe(2 ** log);
    const small = zstdCompressSync(Buffer.from('abc'));
    const skippable = Buffer.from([0x5f, 0x2a, 0x4d, 0x18, 2, 0, 0, 0, 1, 2]);
    expect(windowBytes(Buffer.concat([skippable, small, frame, small]), 'zstd')).toBe(2 ** log);
  });

  it('is the content of a frame in one segment', () => {
    for (const bytes of [3, 255, 256, 70_000]) {
      const frame = zstdCompressSync(TEXT.subarray(0, bytes), { pledgedSrcSize: bytes });
      expect(windowBytes(frame, 'zstd')).toBe(bytes);
    }
  });

  it('is the largest of all where heads cannot be told, and never more', () => {
    expect(windowBytes(Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0xff, 1, 0, 0]), 'zstd')).toBe(8 * MIB);
    const blocks = Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0]), Buffer.alloc(3 * 5000)]);
    expect(windowBytes(blocks, 'zstd')).toBe(8 * MIB);
    for (let end = 0; end < 9; end++) expect(windowBytes(blocks.subarray(0, end), 'zstd')).toBeLessThanOrEqual(8 * MIB);
  });
});
