import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { CaptureError } from '@app/event';
import { describe, expect, it } from 'vitest';
import { inflateContent, type ContentEncoding, type InflateLimits } from './inflate-content.js';

const COMPRESS: Readonly<Record<ContentEncoding, (bytes: Buffer) => Buffer>> = {
  gzip: (bytes) => gzipSync(bytes),
  deflate: (bytes) => deflateSync(bytes),
  br: (bytes) => brotliCompressSync(bytes),
  zstd: (bytes) => zstdCompressSync(bytes),
};
const ENCODINGS = Object.keys(COMPRESS) as ContentEncoding[];
const TEXT = Buffer.from('{"emoji":"🦔"}'.repeat(1000));

function limits(rest: Partial<InflateLimits> = {}): InflateLimits {
  return { maxBytes: TEXT.length, variable: 'THE_LIMIT', reserve: () => undefined, ...rest };
}

describe.each(ENCODINGS)('inflating %s', (encoding) => {
  const compressed = COMPRESS[encoding](TEXT);

  it('gives back what was compressed, up to the limit exactly', async () => {
    expect(await inflateContent(compressed, encoding, limits())).toEqual(TEXT);
  });

  it('refuses a byte more, and names the limit', async () => {
    const promise = inflateContent(compressed, encoding, limits({ maxBytes: TEXT.length - 1 }));
    await expect(promise).rejects.toMatchObject({ code: 'payload_too_big', detail: expect.stringContaining('THE_LIMIT') as string });
  });

  it('stops a bomb long before its end', async () => {
    let reserved = 0;
    const bomb = COMPRESS[encoding](Buffer.alloc(16 * 1024 * 1024));
    const reserve = (bytes: number) => void (reserved += bytes);
    await expect(inflateContent(bomb, encoding, limits({ maxBytes: 100_000, reserve }))).rejects.toMatchObject({ code: 'payload_too_big' });
    expect(reserved).toBeLessThanOrEqual(100_000);
  });

  it('refuses for now what the budget has no room for', async () => {
    await expect(
      inflateContent(compressed, encoding, limits({ reserve: () => new CaptureError('transient', 'too many bytes in flight') })),
    ).rejects.toMatchObject({ code: 'transient' });
  });

  it.each([
    ['garbage', Buffer.from('not compressed at all')],
    ['what is cut short', compressed.subarray(0, compressed.length - 9)],
  ])('refuses %s', async (_, bytes) => {
    await expect(inflateContent(bytes, encoding, limits())).rejects.toMatchObject({ code: 'undecodable' });
  });
});
