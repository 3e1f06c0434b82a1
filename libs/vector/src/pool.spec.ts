import { expect, it } from 'vitest';
import { ItemRuns } from './items.js';
import type { Kernel } from './kernel.js';
import { WINDOW } from './memory.js';
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

const of = (bytes: number, text: string) => text.repeat(Math.ceil(bytes / text.length));
const BYTES = 24 << 20;
const KEY = 'x'.repeat(40 << 10);
const TEXT = `"${KEY}",`;
const MEMBER = `"${KEY}" : {"${KEY}":["${KEY}"]},`;

it.each([
  ['one text', `"${'x'.repeat(BYTES)}"`],
  ['blanks', `${' '.repeat(BYTES)}1`],
  ['digits', '1'.repeat(BYTES)],
  ['numbers', `[${of(BYTES, '1,')}1]`],
  ['objects', `[${of(BYTES, '{"a":[1,{"b":"c"}]},')}1]`],
  ['texts longer than there is room for', `[${of(BYTES, TEXT)}1]`],
  ['members with such keys', `{${of(BYTES, MEMBER)}"a":1}`],
])('has a memory that does not grow with what it scans: %s', (_what, value) => {
  const scan = openScan(Buffer.from(`{"a":${value}}`), LIMITS) as PayloadScan;
  expect(scan.advance()).toBe('done');
  expect(scan.tape.words.byteLength).toBeLessThan(LARGEST_BYTES);
  scan.release();
});

it.each([
  ['objects', '{"type":3,"data":{"source":1},"timestamp":1700000000000},'],
  ['texts', '"a \\"text\\"",'],
  ['texts longer than there is room for', TEXT],
  ['numbers', '17,'],
])('has a memory that does not grow with what is cut: %s', (_what, unit) => {
  const json = `[${of(BYTES, unit)}1]`;
  const runs = withOwnKernel((kernel) => new ItemRuns(kernel, json, WINDOW)) as ItemRuns;
  let end: string;
  do end = runs.next(1 << 20, 1 << 20, 4 << 20);
  while (end === 'full' || end === 'paused');
  expect(end).toBe('end');
  expect(runs.run.end).toBe(json.length - 1);
  runs.release();
});
