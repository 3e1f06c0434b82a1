import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { setImmediate } from 'node:timers/promises';
import {
  brotliCompressSync,
  constants,
  createBrotliCompress,
  createDeflate,
  createGzip,
  createZstdCompress,
  deflateRawSync,
  deflateSync,
  gzipSync,
  zstdCompressSync,
} from 'node:zlib';
import { CaptureError } from '@app/event';
import { describe, expect, it, vi } from 'vitest';
import { EMPTY_BLOCKS, tableBlocks } from '../../../../test/hostile/body/empty-blocks.js';
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
type Coding = keyof typeof COMPRESSORS;
const ENCODINGS = Object.keys(COMPRESSORS) as Coding[];

let held = 0;
let most = 0;
const LIMITS = {
  maxBytes: 2 ** 26,
  variable: 'THE_LIMIT',
  maxRatio: 1e6,
  reserve: (bytes: number) => void ((held += bytes), (most = Math.max(most, held))),
  release: (bytes: number) => void (held -= bytes),
  onSlow: () => undefined,
};

async function inflate(bytes: Buffer, coding: Coding): Promise<Buffer> {
  held = most = 0;
  const { chunks, length } = await inflateChunks(bytes, coding, LIMITS);
  const whole = Buffer.concat(chunks);
  // What a window took is given back.
  expect([length, held]).toEqual([whole.length, whole.length]);
  return whole;
}

/** Compressed, with all that was written flushed after so many bytes. */
async function flushed(text: Buffer, coding: Coding, bytes: number): Promise<Buffer> {
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
  it.each([
    ['gzip', 32 * 1024],
    ['deflate', 32 * 1024],
    ['br', 16 * MIB],
    ['zstd', 20 * MIB],
  ] as const)('of %s is held as far as it is filled, and never more than what has come out', async (coding, window) => {
    const text = Buffer.alloc(20 * MIB, 'abcdefg');
    await inflate(COMPRESSORS[coding].whole(text), coding);
    expect(most).toBe(text.length + window);
    await inflate(COMPRESSORS[coding].whole(text.subarray(0, 10_000)), coding);
    expect(most).toBe(20_000);
  });

  it('of zstd is 128 MiB at most', async () => {
    const head = (descriptor: number) => Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, descriptor, 1, 0, 0]);
    expect(await inflate(head(17 << 3), 'zstd')).toHaveLength(0);
    await expect(inflate(head((17 << 3) | 1), 'zstd')).rejects.toThrow('zstd data need a window of more than 134217728 bytes');
  });

  it('of brotli has no size of its extension', async () => {
    const large = { [constants.BROTLI_PARAM_LARGE_WINDOW]: 1, [constants.BROTLI_PARAM_LGWIN]: 26, ...FAST.params };
    await expect(inflate(brotliCompressSync(NOISE, { params: large }), 'br')).rejects.toThrow('invalid br data');
  });
});

/** Of so many that are asked for together, how many inflate at a time. */
async function mostAtOnce(asked: number): Promise<number> {
  const now = new Set<number>();
  let atOnce = 0;
  const run = async (id: number) => {
    const reserve = () => void (atOnce = Math.max(atOnce, now.add(id).size));
    await inflateChunks(gzipSync(NOISE), 'gzip', { ...LIMITS, reserve, release: () => void now.delete(id) });
  };
  await Promise.all(Array.from({ length: asked }, (_, id) => run(id)));
  return atOnce;
}

describe('an inflation that fails', () => {
  const good = gzipSync(NOISE);
  const growing = gzipSync(Buffer.alloc(16 * MIB));
  const reserveUntil = (last: number) => {
    let calls = 0;
    return (bytes: number) => (++calls > last ? new CaptureError('transient', 'no room') : LIMITS.reserve(bytes));
  };

  it.each([
    ['at its first byte: no room', good, () => ({ reserve: reserveUntil(0) }), 'no room'],
    ['in the middle: no room', good, () => ({ reserve: reserveUntil(5) }), 'no room'],
    ['at the limit', good, () => ({ maxBytes: MIB / 2 }), 'THE_LIMIT'],
    ['at its first byte: no gzip', NOISE, () => ({}), 'invalid gzip data'],
    ['in the middle: no gzip', Buffer.concat([good.subarray(0, MIB / 2), NOISE]), () => ({}), 'invalid gzip data'],
    ['at its end', good.subarray(0, -5), () => ({}), 'invalid gzip data'],
    ['for what holds nothing', Buffer.concat([EMPTY_BLOCKS.gzip.begin, Buffer.alloc(MIB, EMPTY_BLOCKS.gzip.block)]), () => ({}), 'empty'],
  ])('%s, gives back what it has reserved, and its turn', async (_, bytes, limits, text) => {
    held = 0;
    // More than may inflate at once.
    for (let i = 0; i < 5; i++) await expect(inflateChunks(bytes, 'gzip', { ...LIMITS, ...limits() })).rejects.toThrow(text);
    expect(held).toBe(0);
    expect(await inflate(good, 'gzip')).toHaveLength(MIB);
  });

  it('where too many grow a lot, gives back what it has reserved, and its turn', async () => {
    held = 0;
    const place = Promise.withResolvers<() => void>();
    const run = (onSlow: (leave: () => void) => void) =>
      inflateChunks(growing, 'gzip', { ...LIMITS, maxRatio: 200, onSlow }).then(
        () => 'inflated',
        (error: Error) => error.message,
      );
    const first = run(place.resolve);
    const leave = await place.promise;
    // It keeps the place until it is told to leave; three wait for it.
    const others = Array.from({ length: 8 }, () => run((leaveLater) => void setImmediate().then(leaveLater)));
    let refused = 0;
    for (const other of others) void other.then((end) => /too many bodies wait/.test(end) && refused++);
    await vi.waitFor(() => expect(refused).toBe(5), 20_000);
    leave();
    const ends = await Promise.all([first, ...others]);
    expect([ends.filter((end) => end === 'inflated').length, held]).toEqual([4, 4 * 16 * MIB]);
    expect(await mostAtOnce(5)).toBe(2);
    expect(await inflate(good, 'gzip')).toHaveLength(MIB);
  });

  it('while it waits behind others, leaves the place that it waits for', async () => {
    const noBlock = Buffer.from([0xff]);
    const open = deflateRawSync(Buffer.alloc(8 * MIB + 2 ** 16 + 100), { finishFlush: constants.Z_SYNC_FLUSH });
    const bad = Buffer.concat([EMPTY_BLOCKS.gzip.begin, open, noBlock]);
    /** As those who ask for it do. */
    const run = async (bytes: Buffer, told: () => void = () => {}) => {
      const leaves: (() => void)[] = [];
      const onSlow = (leave: () => void) => (leaves.push(leave), told());
      try {
        return (await inflateChunks(bytes, 'gzip', { ...LIMITS, maxRatio: 200, onSlow })).length;
      } catch (error) {
        return (error as Error).message;
      } finally {
        for (const leave of leaves) leave();
      }
    };
    const place = Promise.withResolvers<void>();
    const first = run(growing, place.resolve);
    await place.promise;
    const ends = await Promise.all([first, run(bad), run(bad), run(bad)]);
    expect(ends).toEqual([16 * MIB, ...Array<string>(3).fill('failed to decode request: invalid gzip data')]);
    expect([await run(growing), await mostAtOnce(5)]).toEqual([16 * MIB, 2]);
  });
});

describe('a body that grows a lot', () => {
  it('gets no further while others wait, however small it was sent', async () => {
    const large = gzipSync(Buffer.concat([NOISE, NOISE, NOISE, NOISE]));
    let grown = 0;
    let waiting = 8;
    let grownThen = 0;
    const bomb = inflateChunks(gzipSync(Buffer.alloc(48 * MIB)), 'gzip', {
      ...LIMITS,
      maxRatio: 10,
      reserve: (bytes) => void (grown += bytes),
      onSlow: (leave) => void bomb.then(leave),
    });
    const honest = Array.from({ length: waiting }, () => {
      let isBegun = false;
      const begin = (): undefined => {
        // The last of them waits then.
        if (!isBegun && --waiting === 1) grownThen = grown;
        isBegun = true;
        return undefined;
      };
      return inflateChunks(large, 'gzip', { ...LIMITS, reserve: begin });
    });
    await Promise.all([bomb, ...honest]);
    // Its window, and the chunk that was on its way.
    expect(grownThen).toBeLessThan(8 * MIB + 2 ** 18);
    expect(grown).toBe(48 * MIB + 2 ** 15);
  });
});

describe('a large body', () => {
  it('makes way for a smaller one, piece by piece', async () => {
    const large = gzipSync(Buffer.concat(Array.from({ length: 8 }, () => NOISE)));
    const order: string[] = [];
    const run = (name: string, bytes: Buffer) => inflateChunks(bytes, 'gzip', LIMITS).then(() => order.push(name));
    await Promise.all([run('large', large), run('large', large), run('small', gzipSync(NOISE.subarray(0, 1000)))]);
    expect(order).toEqual(['small', 'large', 'large']);
  });
});
