import { brotliCompressSync, constants, deflateRawSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import { CaptureError, runSteps } from '@app/event';
import { describe, expect, it, vi } from 'vitest';
import { letGo } from '../let-go.js';
import type { ContentEncoding } from './coding.js';
import { inflateAside, type InflateLimits } from './inflate-aside.js';
import { SLOW_BYTES } from './inflation.js';

const COMPRESS: Readonly<Record<ContentEncoding, (bytes: Buffer) => Buffer>> = {
  gzip: (bytes) => gzipSync(bytes),
  deflate: (bytes) => deflateSync(bytes),
  'deflate-raw': (bytes) => deflateRawSync(bytes),
  br: (bytes) => brotliCompressSync(bytes),
  zstd: (bytes) => zstdCompressSync(bytes),
};
const ENCODINGS = Object.keys(COMPRESS) as ContentEncoding[];
const TEXT = Buffer.from('{"emoji":"🦔"}'.repeat(1000));

function limits(rest: Partial<InflateLimits> = {}): InflateLimits {
  return {
    maxBytes: TEXT.length,
    variable: 'THE_LIMIT',
    maxRatio: 1e6,
    reserve: () => undefined,
    release: () => undefined,
    turn: () => undefined,
    onSlow: () => undefined,
    ...rest,
  };
}

async function inflateContent(bytes: Buffer, encoding: ContentEncoding, given: InflateLimits): Promise<Buffer> {
  return runSteps(inflateAside(bytes, encoding, given));
}

/** As a large body is. */
function ownMemory(bytes: Buffer): Buffer {
  const own = Buffer.allocUnsafeSlow(Math.max(8192, bytes.length));
  own.fill(bytes);
  return own;
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
    // With its window.
    expect(reserved).toBeLessThanOrEqual(2 * 100_000);
  });

  it('has nobody give the memory of a refused body back, of which zlib may still read', async () => {
    const bytes = ownMemory(compressed);
    await expect(inflateContent(bytes, encoding, limits({ maxBytes: 1 }))).rejects.toMatchObject({ code: 'payload_too_big' });
    expect(letGo(bytes)).toBe(false);
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

describe('a body that grows a lot', () => {
  const fast = { params: { [constants.BROTLI_PARAM_QUALITY]: 3 } };
  const bomb = brotliCompressSync(Buffer.alloc(2 * SLOW_BYTES), fast);
  const honest = brotliCompressSync(Buffer.from('x'.repeat(100_000)));

  it('goes behind all others, one at a time, and gives its place back when it is told to', async () => {
    const order: string[] = [];
    const start = (name: string) => {
      const slow = Promise.withResolvers<() => void>();
      const done = inflateContent(bomb, 'br', limits({ maxBytes: 1e8, maxRatio: 200, onSlow: slow.resolve })).then(() => order.push(name));
      return { done, slow: slow.promise };
    };
    const first = start('first');
    const leaveFirst = await first.slow;
    const second = start('second');
    await first.done;
    await inflateContent(honest, 'br', limits({ maxBytes: 1e6 })).then(() => order.push('honest'));
    expect(order).toEqual(['first', 'honest']);
    leaveFirst();
    (await second.slow)();
    await second.done;
    expect(order).toEqual(['first', 'honest', 'second']);
  });

  it('is refused for now when too many wait already', async () => {
    const start = () => {
      const slow = Promise.withResolvers<() => void>();
      const done = inflateContent(bomb, 'br', limits({ maxBytes: 1e8, maxRatio: 200, onSlow: slow.resolve })).then(
        () => 'inflated',
        (error: unknown) => (error as CaptureError).code,
      );
      return { done, slow: slow.promise };
    };
    const first = start();
    const leave = await first.slow;
    // While it has the place three wait, and the others are refused.
    let refused = 0;
    const others = Array.from({ length: 11 }, start);
    for (const { done, slow } of others) {
      void done.then((outcome) => (outcome === 'transient' ? refused++ : undefined));
      void slow.then(async (leaveLater) => (await done, leaveLater()));
    }
    await vi.waitFor(() => expect(refused).toBe(8), 20_000);
    leave();
    expect((await Promise.all(others.map(({ done }) => done))).toSorted()).toEqual([
      ...Array<string>(3).fill('inflated'),
      ...Array<string>(8).fill('transient'),
    ]);
  });

  it('takes its turn like all others when it does not grow so large, or so much', async () => {
    let told = 0;
    const onSlow = () => void told++;
    await inflateContent(bomb, 'br', limits({ maxBytes: 1e8, maxRatio: 1e6, onSlow }));
    await inflateContent(brotliCompressSync(Buffer.alloc(SLOW_BYTES), fast), 'br', limits({ maxBytes: 1e8, maxRatio: 200, onSlow }));
    expect(told).toBe(0);
  });
});
