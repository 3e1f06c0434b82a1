import { expect, it } from 'vitest';
import { sharedPage } from './metrics-page.js';

it('renders once for all who ask within its time, and tells each what was so when it asked', async () => {
  let [rendered, counted] = [0, 0];
  const page = sharedPage(async () => {
    rendered++;
    return `counted ${counted}`;
  }, 200);
  expect(String(await page())).toBe('counted 0');
  counted = 1;
  const asked = Array.from({ length: 100 }, () => page());
  counted = 2;
  const pages = await Promise.all(asked);
  expect([rendered, new Set(pages).size, String(pages[0])]).toEqual([2, 1, 'counted 2']);
});

it('renders anew for who asks while it is rendered', async () => {
  const renderings: ((text: string) => void)[] = [];
  const page = sharedPage(() => new Promise((resolve) => void renderings.push(resolve)), 0);
  const first = page();
  await expect.poll(() => renderings.length).toBe(1);
  const second = page();
  renderings[0]('first');
  expect(String(await first)).toBe('first');
  await expect.poll(() => renderings.length).toBe(2);
  renderings[1]('second');
  expect(String(await second)).toBe('second');
});

it('renders again after a failure', async () => {
  let fails = true;
  const page = sharedPage(async () => {
    if (fails) throw new Error('not now');
    return 'text';
  }, 0);
  await expect(page()).rejects.toThrow('not now');
  fails = false;
  expect(String(await page())).toBe('text');
});
