import { brotliDecompressSync, gunzipSync, inflateSync, zstdDecompressSync } from 'node:zlib';
import lz from 'lz-string';
import { describe, expect, it } from 'vitest';
import { encode } from './codings.js';
import { EMPTY_BLOCKS, tableBlocks } from './empty-blocks.js';
import { chunksOf, repeat, sizeOf } from './parts.js';

const PARTS = ['{"a":[', repeat('"x +é",', 1_000_003), '0]}'];
const text = Buffer.concat([...chunksOf(PARTS)]).toString();
const coded = async (...codings: Parameters<typeof encode>[1]) => (await encode(PARTS, codings))!;

describe('a body made of repetitions', () => {
  it('has as many of them as fit', () => {
    expect(sizeOf(PARTS)).toBe(Buffer.byteLength(text));
    expect(JSON.parse(text)).toEqual({ a: [...Array<string>(Math.floor(1_000_003 / 8)).fill('x +é'), 0] });
  });

  it('comes out of every coding as it went in', async () => {
    expect((await coded()).toString()).toBe(text);
    expect(gunzipSync(gunzipSync(await coded('gzip', 'gzip'))).toString()).toBe(text);
    expect(inflateSync(await coded('deflate')).toString()).toBe(text);
    expect(brotliDecompressSync(await coded('br')).toString()).toBe(text);
    expect(zstdDecompressSync(await coded('zstd')).toString()).toBe(text);
    expect(gunzipSync(Buffer.from((await coded('gzip', 'base64')).toString(), 'base64')).toString()).toBe(text);
    expect(new URLSearchParams((await coded('form')).toString()).get('data')).toBe(text);
    expect((await coded('form-raw')).toString()).toBe(`data=${text}`);
    expect((await coded('multipart')).toString()).toMatch(
      /^--hostile-boundary\r\n[^]*name="data"\r\n\r\n\{[^]*\}\r\n--hostile-boundary--\r\n$/,
    );
  });

  it('is in lz64 what the library makes of it', async () => {
    for (const sample of ['', 'a', 'ab'.repeat(500), 'aaaaaaaaaa', JSON.stringify({ a: [1, 2, 3], b: 'x'.repeat(3000) })])
      expect((await encode([sample], ['lz64']))!.toString()).toBe(lz.compressToBase64(sample));
    const long = repeat('{"a":0},', 3_000_000);
    const small = (await encode([long], ['lz64']))!;
    expect(small.length).toBeLessThan(30_000);
    expect(lz.decompressFromBase64(small.toString())).toBe(Buffer.concat([...chunksOf([long])]).toString());
  });

  it('is left when it grows too large', async () => {
    expect(await encode([repeat('x', 2_000_000)], ['base64'], 1_000_000)).toBeUndefined();
    expect(await encode([repeat('x', 2_000_000)], ['gzip'], 1_000_000)).toBeDefined();
  });
});

describe('blocks that hold nothing', () => {
  const INFLATE = { gzip: gunzipSync, deflate: inflateSync, br: brotliDecompressSync, zstd: zstdDecompressSync };
  const data = Buffer.from(text.slice(0, 30_000));

  it.each(['gzip', 'deflate', 'br', 'zstd'] as const)('are valid %s, with what ends them', (coding) => {
    const { begin, block, end } = EMPTY_BLOCKS[coding];
    expect(INFLATE[coding](Buffer.concat([begin, Buffer.alloc(100 * block.length, block), end(data)])).equals(data)).toBe(true);
  });

  it('are so with a table each', () => {
    const { begin, end } = EMPTY_BLOCKS.gzip;
    expect(gunzipSync(Buffer.concat([begin, tableBlocks(0), tableBlocks(0), end(data)])).equals(data)).toBe(true);
  });
});
