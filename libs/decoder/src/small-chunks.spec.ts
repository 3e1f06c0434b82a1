import { describe, expect, it } from 'vitest';
import { SmallChunks } from './small-chunks.js';

/** What is kept of the chunks of these sizes, each of bytes of its own. */
function keep(sizes: readonly number[]) {
  const kept: Buffer[] = [];
  const small = new SmallChunks((chunk) => kept.push(chunk));
  const sent = sizes.map((size, i) => Buffer.alloc(size, i % 251));
  for (const chunk of sent) small.add(chunk);
  const held = new Set(kept.map(({ buffer }) => buffer));
  const bytes = [...held].reduce((sum, { byteLength }) => sum + byteLength, 0);
  small.flush();
  return { kept, bytes, isWhole: Buffer.concat(kept).equals(Buffer.concat(sent)) };
}

const ones = (count: number) => Array<number>(count).fill(1);

describe('SmallChunks', () => {
  it.each([
    ['large ones', [70_000, 70_000], 2],
    ['a few small ones', [10, 20, 30], 3],
  ])('passes %s on as they are', (_what, sizes, count) => {
    const { kept, isWhole } = keep(sizes);
    expect([kept.length, isWhole]).toEqual([count, true]);
  });

  it.each([1000, 10_000, 1_000_000])('holds few pieces of %i chunks of a byte, and twice their bytes at most', (count) => {
    const { kept, bytes, isWhole } = keep(ones(count));
    expect(isWhole).toBe(true);
    expect(kept.length).toBeLessThan(16 + 10 + count / 32_768);
    expect(bytes).toBeLessThanOrEqual(2 * count + 16 * 1024);
  });

  it('keeps the order, and the bound, of small ones between large ones', () => {
    const { bytes, isWhole } = keep(Array.from({ length: 4000 }, (_, i) => (i % 2 === 0 ? 5 : 4096)));
    expect(isWhole).toBe(true);
    expect(bytes).toBeLessThanOrEqual(2 * 2000 * 4101);
  });
});
