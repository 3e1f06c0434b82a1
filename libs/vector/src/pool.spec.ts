import { expect, it } from 'vitest';
import type { Kernel } from './kernel.js';
import { giveBack, withOwnKernel } from './pool.js';
import { openScan, type PayloadScan } from './scan.js';

const LIMITS = { maxDepth: 10, maxEvents: 10 };
const LARGEST_BYTES = 8 << 20;

const take = () => withOwnKernel((kernel) => kernel);

it('has four kernels, and whoever asks for more waits for one, in order', async () => {
  const taken = Array.from({ length: 4 }, take) as Kernel[];
  const order: string[] = [];
  const waiting = ['first', 'second'].map(async (name) => {
    const kernel = await take();
    order.push(name);
    return kernel;
  });
  giveBack(taken[3]);
  expect(await waiting[0]).toBe(taken[3]);
  expect(order).toEqual(['first']);
  giveBack(taken[2]);
  await waiting[1];
  expect(order).toEqual(['first', 'second']);
  for (const kernel of taken) giveBack(kernel);
  expect(take()).not.toBeInstanceOf(Promise);
});

it('gives a kernel back with which nothing could be begun', () => {
  for (let i = 0; i < 5; i++)
    expect(() =>
      withOwnKernel(() => {
        throw new RangeError('no memory');
      }),
    ).toThrow('no memory');
});

it.each([
  ['one text', `"${'x'.repeat(60 << 20)}"`],
  ['blanks', `${' '.repeat(60 << 20)}1`],
  ['digits', '1'.repeat(60 << 20)],
  ['numbers', `[${'1,'.repeat(30 << 20)}1]`],
])('has a memory that does not grow with what it scans: %s', (_what, value) => {
  const scan = openScan(Buffer.from(`{"a":${value}}`), LIMITS) as PayloadScan;
  expect(scan.advance()).toBe('done');
  expect(scan.tape.words.byteLength).toBeLessThan(LARGEST_BYTES);
  scan.release();
});
