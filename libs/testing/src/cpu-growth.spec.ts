import { crc32 } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { growthOf, leastCpuOf } from './cpu-growth.js';

const inputOf = (bytes: number) => 'content-disposition:'.repeat(bytes / 20);
const OPTIONS = { most: 4_000_000, runs: 2, floorMs: 5 };

describe('growth of CPU', () => {
  it('is about two for work that looks at each byte once', async () => {
    const { perDoubling, sizes } = await growthOf(inputOf, (text) => crc32(text.repeat(20)), OPTIONS);
    expect(perDoubling).toBeLessThan(2.6);
    expect(sizes.at(-1)?.bytes).toBe(OPTIONS.most);
  });

  it('is about four for a search that begins anew at every match, and is not followed for hours', async () => {
    const { perDoubling, sizes } = await growthOf(inputOf, (text) => /content-disposition:[^\r\n]*name=/.exec(text), OPTIONS);
    expect(perDoubling).toBeGreaterThan(3);
    expect(sizes.at(-1)?.bytes).toBeLessThan(OPTIONS.most);
  });

  it('does not count what is too short to be measured', async () => {
    expect((await growthOf(inputOf, () => {}, OPTIONS)).perDoubling).toBeLessThan(1.5);
    expect(await leastCpuOf(() => {})).toBeLessThan(5);
  });
});
