import { expect, it } from 'vitest';
import { HANG_MS, IoLane } from './io-lane.js';

const turns = async () => {
  for (let i = 0; i < 20; i++) await Promise.resolve();
};

it('runs one operation at a time, in the order in which they were asked for', async () => {
  const lane = new IoLane();
  const begun: number[] = [];
  const ends = Array.from({ length: 4 }, () => Promise.withResolvers<void>());
  const all = ends.map(({ promise }, index) => lane.run('read', '/x', () => (begun.push(index), promise)));
  for (const [index, end] of ends.entries()) {
    await turns();
    expect(begun).toEqual([0, 1, 2, 3].slice(0, index + 1));
    end.resolve();
  }
  await Promise.all(all);
});

it('lets nobody come between one that ends and the next one', async () => {
  const lane = new IoLane();
  let running = 0;
  let most = 0;
  const work = async () => {
    most = Math.max(most, ++running);
    await Promise.resolve();
    running--;
  };
  const chain = async () => {
    for (let i = 0; i < 50; i++) await lane.run('read', '/x', work);
  };
  await Promise.all(Array.from({ length: 10 }, chain));
  expect(most).toBe(1);
});

it('goes on after one that failed, and gives its error to its caller', async () => {
  const lane = new IoLane();
  const first = lane.run('read', '/x', () => Promise.reject(new Error('EIO')));
  const second = lane.run('read', '/x', () => Promise.resolve(7));
  await expect(first).rejects.toThrow('EIO');
  expect(await second).toBe(7);
});

it('tells of an operation that does not return, and no more when it has', async () => {
  const lane = new IoLane();
  const end = Promise.withResolvers<void>();
  const hung = lane.run('fdatasync', '/log/a.seg', () => end.promise);
  const now = performance.now();
  expect(lane.hang(now + HANG_MS - 100)).toBeUndefined();
  expect(lane.hang(now + HANG_MS + 100)).toBe('the disk does not answer: fdatasync of /log/a.seg has not returned for 5 s');
  end.resolve();
  await hung;
  expect(lane.hang(now + HANG_MS + 100)).toBeUndefined();
});
