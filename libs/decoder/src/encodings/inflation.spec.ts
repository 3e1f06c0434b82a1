import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import {
  brotliCompressSync,
  constants,
  createBrotliCompress,
  createDeflate,
  createGzip,
  createZstdCompress,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { EMPTY_BLOCKS, tableBlocks } from '../../../../test/hostile/body/empty-blocks.js';
import type { ContentEncoding } from './coding.js';
import { inflateChunks } from './inflation.js';

/** Brotli's best takes 3 s a megabyte of noise. */
const FAST = { params: { [constants.BROTLI_PARAM_QUALITY]: 4 } };
const COMPRESSORS = {
  gzip: { stream: createGzip, flush: constants.Z_SYNC_FLUSH, whole: gzipSync },
  deflate: { stream: createDeflate, flush: constants.Z_SYNC_FLUSH, whole: deflateSync },
  br: {
    stream: () => createBrotliCompress(FAST),
    flush: constants.BROTLI_OPERATION_FLUSH,
    whole: (bytes: Buffer) => brotliCompressSync(bytes, FAST),
  },
  zstd: { stream: createZstdCompress, flush: constants.ZSTD_e_flush, whole: zstdCompressSync },
} as const;
const ENCODINGS = Object.keys(COMPRESSORS) as ContentEncoding[];

let held = 0;
const LIMITS = {
  maxBytes: 2 ** 26,
  variable: 'THE_LIMIT',
  maxRatio: 1e6,
  reserve: (bytes: number) => void (held += bytes),
  release: (bytes: number) => void (held -= bytes),
  onSlow: () => undefined,
};

async function inflate(bytes: Buffer, coding: ContentEncoding): Promise<Buffer> {
  held = 0;
  const { chunks, length } = await inflateChunks(bytes, coding, LIMITS);
  const whole = Buffer.concat(chunks);
  // What a window took is given back.
  expect([length, held]).toEqual([whole.length, whole.length]);
  return whole;
}

/** Compressed, with all that was written flushed after so many bytes. */
async function flushed(text: Buffer, coding: ContentEncoding, bytes: number): Promise<Buffer> {
  const { stream, flush } = COMPRESSORS[coding];
  const compressor = stream();
  const chunks: Buffer[] = [];
  compressor.on('data', (chunk: Buffer) => chunks.push(chunk));
  for (let at = 0; at < text.length; at += bytes) {
    compressor.write(text.subarray(at, at + bytes));
    await new Promise<void>((resolve) => compressor.flush(flush, resolve));
  }
  compressor.end();
  await once(compressor, 'end');
  return Buffer.concat(chunks);
}

const MIB = 2 ** 20;
/** It does not compress. */
const NOISE = randomBytes(MIB);
const SKIPPABLE = Buffer.concat([Buffer.from([0x50, 0x2a, 0x4d, 0x18, 0, 0, 1, 0]), Buffer.alloc(65_536)]);

describe.each(ENCODINGS)('inflating %s piece by piece', (coding) => {
  const { whole } = COMPRESSORS[coding];

  it('gives back what was compressed, whether it can be compressed or not', async () => {
    expect((await inflate(whole(NOISE), coding)).equals(NOISE)).toBe(true);
    const half = Buffer.concat([NOISE, Buffer.alloc(8 * MIB, '{"event":"e"},')]);
    expect((await inflate(whole(half), coding)).equals(half)).toBe(true);
  });

  it('takes what is flushed every hundred bytes', async () => {
    const noise = Buffer.from(NOISE.subarray(0, MIB / 4).toString('hex'));
    expect((await inflate(await flushed(noise, coding, 100), coding)).equals(noise)).toBe(true);
  });

  it.each([2, 262_144, 262_145, 2 ** 19])('reads no further than the end of the data, %i bytes in front of zeros', async (size) => {
    const data = whole(NOISE.subarray(0, size));
    expect((await inflate(Buffer.concat([data, Buffer.alloc(MIB)]), coding)).equals(NOISE.subarray(0, size))).toBe(true);
  });

  it('refuses a mebibyte of blocks with nothing in them, wherever it stands', async () => {
    const { begin, block } = EMPTY_BLOCKS[coding];
    const nothing = Buffer.concat([begin, Buffer.alloc(MIB, block)]);
    await expect(inflate(nothing, coding)).rejects.toMatchObject({
      code: 'undecodable',
      detail: expect.stringContaining('empty blocks') as string,
    });
    expect(held).toBeLessThan(17 * MIB);
  });
});

describe('what of deflate holds nothing', () => {
  const { begin } = EMPTY_BLOCKS.gzip;
  const refusal = (body: Buffer) => inflate(body, 'gzip').then(undefined, (error: Error) => error.message);

  it('is refused also where each block has a table, and behind honest data', async () => {
    const honest = await flushed(NOISE, 'gzip', MIB);
    const open = honest.subarray(0, honest.length - 10);
    const tables = Buffer.alloc(MIB, tableBlocks(0));
    const text =
      'failed to decode request: 262144 compressed bytes, from byte 262144 on, hold no more than 0 bytes: compress without empty blocks';
    expect(await refusal(Buffer.concat([begin, Buffer.alloc(262_144, EMPTY_BLOCKS.gzip.block), tables]))).toMatch(/from byte 0 on/);
    expect(await refusal(Buffer.concat([gzipSync(NOISE.subarray(0, 262_000)), begin, tables]))).toBe(text);
    expect(await refusal(Buffer.concat([open, tables]))).toMatch(/from byte 1048576 on|from byte 1310720 on/);
  });

  it('are members of a gzip that are small, which is honest', async () => {
    const member = gzipSync(NOISE.subarray(0, 60));
    const members = Buffer.concat(Array.from({ length: 10_000 }, () => member));
    expect(await inflate(members, 'gzip')).toHaveLength(600_000);
  });

  it('are frames of zstd to be skipped, of a modest size, which is honest', async () => {
    const frame = zstdCompressSync(NOISE.subarray(0, 2 * 65_536));
    const frames = Buffer.concat(Array.from({ length: 8 }, () => Buffer.concat([SKIPPABLE, frame])));
    expect(await inflate(frames, 'zstd')).toHaveLength(MIB);
  });
});

describe('a window', () => {
  it('of zstd is 8 MiB at most', async () => {
    const head = (descriptor: number) => Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, descriptor, 1, 0, 0]);
    expect(await inflate(head(13 << 3), 'zstd')).toHaveLength(0);
    await expect(inflate(head((13 << 3) | 1), 'zstd')).rejects.toThrow('zstd data need a window of more than 8388608 bytes');
  });

  it('of brotli has no size of its extension', async () => {
    const large = { [constants.BROTLI_PARAM_LARGE_WINDOW]: 1, [constants.BROTLI_PARAM_LGWIN]: 26, ...FAST.params };
    await expect(inflate(brotliCompressSync(NOISE, { params: large }), 'br')).rejects.toThrow('invalid br data');
  });
});
