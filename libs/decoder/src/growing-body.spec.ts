import { describe, expect, it, vi } from 'vitest';
import { GrowingBody } from './growing-body.js';

const KIB = 1024;
const chunkOf = (bytes: number, value: number) => Buffer.allocUnsafeSlow(bytes).fill(value);

/** A body of so many chunks of 64 KiB, each of another value. */
function grown(count: number, announced: number, ownsChunks = true) {
  const body = new GrowingBody(announced, ownsChunks);
  const chunks = Array.from({ length: count }, (_, i) => chunkOf(64 * KIB, i));
  for (const chunk of chunks) body.add(chunk);
  return { body, chunks };
}

const whole = (count: number) => Buffer.concat(Array.from({ length: count }, (_, i) => chunkOf(64 * KIB, i)));

describe('GrowingBody', () => {
  it.each([
    ['as it was announced', 100 * 64 * KIB],
    ['longer than that', 90 * 64 * KIB],
    ['longer than that from the first quarter on', 2 * 1024 * KIB],
    ['not announced', 0],
  ])('gives the bytes in order: %s', (_what, announced) => {
    for (const count of [1, 3, 5, 17, 100]) expect(grown(count, announced).body.finish().equals(whole(count))).toBe(true);
  });

  it('gives a single chunk as it is', () => {
    const { body, chunks } = grown(1, 64 * KIB);
    expect(body.finish()).toBe(chunks[0]);
  });

  it('lets a chunk go once it is copied and the next one has come', () => {
    const { chunks } = grown(100, 100 * 64 * KIB);
    expect(chunks.filter(({ length }) => length > 0)).toHaveLength(5);
  });

  it('leaves chunks alone that are somebody else’s', () => {
    const { body, chunks } = grown(100, 100 * 64 * KIB, false);
    body.clear();
    expect(chunks.every(({ length }) => length === 64 * KIB)).toBe(true);
  });

  it('gives its room back at once when nothing of it is wanted', () => {
    // Each buffer by itself: the total of the process changes with every collection.
    const made = vi.spyOn(Buffer, 'allocUnsafeSlow');
    const { body } = grown(100, 400 * 64 * KIB);
    const rooms = made.mock.results.map(({ value }) => value as Buffer).filter(({ length }) => length > 64 * KIB);
    made.mockRestore();
    expect(rooms.reduce((sum, { length }) => sum + length, 0)).toBeGreaterThan(24 * KIB * KIB);
    body.clear();
    expect(rooms.reduce((sum, { length }) => sum + length, 0)).toBe(0);
  });
});
