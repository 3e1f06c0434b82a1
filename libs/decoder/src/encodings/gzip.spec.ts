import { randomBytes } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CaptureError, runSteps } from '@app/event';
import { EMPTY_BLOCKS, tableBlocks } from '../../../../test/hostile/body/empty-blocks.js';
import type { Reserve } from '../byte-budget.js';
import { claimedSize, isGzip, SYNC_INFLATE_BYTES, SYNC_INFLATED_BYTES } from './gzip-head.js';
import { gunzip } from './gzip.js';

const LIMITS = { variable: 'MAX_INFLATED_BYTES', maxRatio: 1e6, release: () => undefined, turn: () => undefined, onSlow: () => undefined };
const inflate = (bytes: Buffer, cap: number, reserve: Reserve = () => undefined) =>
  runSteps(gunzip(bytes, { ...LIMITS, maxBytes: cap, reserve }));

const refusal = async (bytes: Buffer, cap: number) => {
  try {
    return `${(await inflate(bytes, cap)).length} bytes`;
  } catch (error) {
    if (error instanceof CaptureError) return error.message;
    throw error;
  }
};
const TOO_BIG = 'maximum event size exceeded: Decompressed payload would exceed 5000 bytes (MAX_INFLATED_BYTES)';
const INVALID = 'failed to decode request: invalid GZIP data';

describe('gunzip', () => {
  it('takes exactly the cap and refuses one byte more', async () => {
    expect(await refusal(gzipSync(Buffer.alloc(5000)), 5000)).toBe('5000 bytes');
    expect(await refusal(gzipSync(Buffer.alloc(5001)), 5000)).toBe(TOO_BIG);
  });

  it('counts what comes out, not what the trailer claims', async () => {
    const bomb = gzipSync(Buffer.alloc(10_000));
    bomb.writeUInt32LE(10, bomb.length - 4);
    expect(await refusal(bomb, 5000)).toBe(TOO_BIG);
  });

  it('adds up the members of a concatenation', async () => {
    const member = gzipSync(Buffer.alloc(2600));
    expect(await refusal(Buffer.concat([member, member]), 5200)).toBe('5200 bytes');
    expect(await refusal(Buffer.concat([member, member]), 5000)).toBe(TOO_BIG);
  });

  it('is at once below a named size, and off the event loop above it', async () => {
    const small = gzipSync(randomBytes(SYNC_INFLATE_BYTES / 2));
    const large = randomBytes(SYNC_INFLATE_BYTES + 1000);
    expect(inflate(small, 1e7)).toBeInstanceOf(Buffer);
    const promise = inflate(gzipSync(large), 1e7);
    expect(promise).toBeInstanceOf(Promise);
    expect((await promise).equals(large)).toBe(true);
  });

  it('goes off the event loop for what is dear to read, though nothing comes of it', async () => {
    const tables = tableBlocks(0);
    const dear = Buffer.concat([EMPTY_BLOCKS.gzip.begin, Buffer.alloc(160 * 1024, tables)]);
    const promise = inflate(dear, 1e7);
    expect(promise).toBeInstanceOf(Promise);
    await expect(promise).rejects.toThrow(INVALID);
  });

  it('goes off the event loop for what becomes large, whatever its trailer says, and reserves it as it grows', async () => {
    const honest = gzipSync(Buffer.alloc(2 * SYNC_INFLATED_BYTES));
    const whole = inflate(honest, 1e8);
    expect(whole).toBeInstanceOf(Promise);
    expect(await whole).toHaveLength(2 * SYNC_INFLATED_BYTES);
    const bomb = Buffer.from(honest);
    bomb.writeUInt32LE(10, bomb.length - 4);
    let reserved = 0;
    const inflated = inflate(bomb, 1e8, (bytes) => void (reserved += bytes));
    // The length in the trailer is part of the format: a lie is found out at its end, and not before it was paid for.
    await expect(inflated).rejects.toThrow(INVALID);
    expect(reserved).toBeGreaterThan(SYNC_INFLATED_BYTES);
    await expect(
      inflate(gzipSync(Buffer.alloc(2 * SYNC_INFLATED_BYTES)), 1e8, () => new CaptureError('transient', 'too many bytes in flight')),
    ).rejects.toThrow('transient error, please retry: too many bytes in flight');
  });

  it('has the same cap and the same refusals off the event loop', async () => {
    const large = gzipSync(randomBytes(SYNC_INFLATE_BYTES + 1000));
    expect(await refusal(large, 5000)).toBe(TOO_BIG);
    expect(await refusal(large.subarray(0, -100), 1e7)).toBe(INVALID);
  });

  it('gives its permit back whatever happened, and lets the waiting go on', async () => {
    const large = randomBytes(SYNC_INFLATE_BYTES + 1000);
    const good = gzipSync(large);
    const bad = good.subarray(0, -100);
    const inflations = Array.from({ length: 12 }, (_, i) => refusal(i % 3 === 0 ? bad : good, 1e7));
    expect(await Promise.all(inflations)).toEqual(inflations.map((_, i) => (i % 3 === 0 ? INVALID : `${large.length} bytes`)));
  });

  it('refuses bytes cut off, changed or of something else, and throws nothing else', async () => {
    const whole = gzipSync('{"event":"e","distinct_id":"d","properties":{"a":[1,2,3]}}');
    for (let end = 3; end < whole.length; end++) expect(await refusal(whole.subarray(0, end), 5000)).toBe(INVALID);
    const change = fc.record({ at: fc.nat(whole.length - 1), value: fc.nat(255) });
    await fc.assert(
      fc.asyncProperty(change, async ({ at, value }) => {
        const changed = Buffer.from(whole);
        changed[at] = value;
        // Flags, time and system in the head may change without harm.
        expect([INVALID, '58 bytes']).toContain(await refusal(changed, 5000));
      }),
    );
  });
});

describe('isGzip', () => {
  it.each([
    ['1f8b08', true],
    ['1f8b0800', true],
    ['1f8b', false],
    ['1f8b07', false],
    ['1f8a08', false],
    ['008b08', false],
    ['', false],
  ])('%s: %s', (bytes, expected) => {
    expect(isGzip(Buffer.from(bytes, 'hex'))).toBe(expected);
  });
});

describe('claimedSize', () => {
  it('is what the trailer says, and nothing for a stump', () => {
    expect([claimedSize(gzipSync(Buffer.alloc(777))), claimedSize(Buffer.alloc(17, 255))]).toEqual([777, 0]);
  });
});
