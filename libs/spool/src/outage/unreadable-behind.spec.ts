import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ManualClock } from '@app/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultyDisk } from '../faulty-disk.js';
import type { OutageSpool } from './outage-spool.js';
import { drained, numbered, OutageStage, store } from './outage-stage.js';

let stage: OutageStage;
let clock: ManualClock;
beforeEach(() => {
  stage = new OutageStage(new FaultyDisk());
  clock = new ManualClock();
});
afterEach(() => stage.end());

/** Two processes store for a lane that stands still, and another lane goes on: the cursor is past all of it. */
async function leftBehind(): Promise<string[]> {
  stage.way.shut.add('events/0');
  for (const [from, to] of [
    [0, 5],
    [5, 20],
  ]) {
    const spool = await stage.aSpool({}, clock);
    await store(spool, 0, numbered(from, to));
    await store(spool, 1, [`other ${from}`]);
    await expect.poll(() => stage.way.values('events/1'), { timeout: 10_000 }).toContain(`other ${from}`);
    await expect.poll(() => stage.cursor()?.behind).toEqual([['events/0', 1]]);
    await stage.close(spool);
  }
  expect(stage.cursor()?.next).toBe(23);
  return stage.files();
}

/** A process counts what lies there while some of it cannot be read. */
async function counted(isUnreadable: FaultyDisk['isUnreadable'], spared = 3): Promise<OutageSpool> {
  stage.counts.reset();
  // What is newest is read three times at open, or it would be left alone.
  let reads = 0;
  stage.disk.isUnreadable = (path, from, to) => isUnreadable(path, from, to) && reads++ >= spared;
  const spool = await stage.aSpool({}, clock);
  await expect.poll(() => spool.detail().counting).toBe(false);
  return spool;
}

describe('messages of a lane that is behind, on pages that the disk does not give when they are counted', () => {
  it('are not overtaken nor deleted: they are found when the lane is caught up with', async () => {
    const [, newest] = await leftBehind();
    const spool = await counted((path) => path === newest);
    expect(spool.holds('events', 0)).toBe('more');
    await store(spool, 0, numbered(20, 30));
    stage.disk.isUnreadable = () => false;
    stage.way.shut.clear();
    await expect.poll(() => stage.way.values(), { timeout: 10_000 }).toEqual(numbered(0, 30));
    await drained(spool);
    expect(stage.counts.by).toMatchObject({ recovered: 20, spooled: 10, drained: 30 });
    expect(stage.counts.by.dropped).toBeUndefined();
    await expect.poll(() => stage.files()).toEqual([]);
  });

  it('are told lost, at most as many as there may have been, when they are given up', async () => {
    const [, newest] = await leftBehind();
    const spool = await counted((path) => path === newest);
    stage.way.shut.clear();
    await expect.poll(() => spool.detail().lastError, { timeout: 10_000 }).toMatch(/EIO/);
    clock.advance(31_000);
    await drained(spool);
    expect(stage.way.values()).toEqual(numbered(0, 5));
    // Another lane's message was on those pages: nobody can tell whose the numbers were.
    expect(stage.counts.by).toMatchObject({ drained: 5, dropped: 16 });
    stage.expectBalance(spool);
  });

  it.each([
    ['the whole file', () => true, 1],
    ['a file that could not be read when it was opened', () => true, 0],
    ['a page of it', (from: number, to: number) => from < 8192 && to > 4096, 0],
  ])('are told lost for each lane that comes past them, the one further behind too: %s', async (_, isBad, spared) => {
    stage.way.topics.events = 3;
    stage.way.shut.add('events/0').add('events/1');
    const first = await stage.aSpool({}, clock);
    await store(first, 0, ['first']);
    await stage.close(first);
    const next = await stage.aSpool({}, clock);
    const long = numbered(0, 10).map((number) => number.repeat(400));
    for (const partition of [0, 1]) await store(next, partition, long);
    await store(next, 2, ['other']);
    await expect.poll(() => stage.cursor()?.next, { timeout: 10_000 }).toBe(23);
    expect(new Map(stage.cursor()?.behind)).toEqual(new Map(Object.entries({ 'events/0': 1, 'events/1': 12 })));
    await stage.close(next);
    const third = await stage.aSpool({}, clock);
    await store(third, 2, ['newest']);
    await expect.poll(() => stage.cursor()?.next, { timeout: 10_000 }).toBe(24);
    await stage.close(third);
    const [, second] = stage.files();
    const spool = await counted((path, from, to) => path === second && isBad(from, to), spared);
    stage.way.shut.delete('events/1');
    await expect.poll(() => spool.detail().lastError, { timeout: 10_000 }).toMatch(/EIO/);
    clock.advance(31_000);
    await expect.poll(() => stage.cursor()?.behind, { timeout: 10_000 }).toEqual([['events/0', 1]]);
    stage.way.shut.clear();
    clock.advance(31_000);
    await drained(spool);
    const { drained: gone = 0, dropped = 0 } = stage.counts.by;
    expect(dropped).toBeGreaterThanOrEqual(21 - gone);
    // At most the other lane's message more.
    expect(dropped).toBeLessThanOrEqual(22 - gone);
    stage.expectBalance(spool);
  });

  it('hold up no lane but their own', async () => {
    const [, newest] = await leftBehind();
    const spool = await counted((path) => path === newest);
    expect(spool.holds('events', 1)).toBe('nothing');
    expect(spool.holds('dlq', 0)).toBe('nothing');
    await store(spool, 1, ['new']);
    await expect.poll(() => stage.way.values('events/1'), { timeout: 10_000 }).toContain('new');
  });

  it('wait also where nothing else waits', async () => {
    const files = await leftBehind();
    const spool = await counted((path) => files.includes(path));
    expect(spool.holds('events', 0)).toBe('more');
    stage.disk.isUnreadable = () => false;
    stage.way.shut.clear();
    await drained(spool);
    expect(stage.way.values()).toEqual(numbered(0, 20));
    stage.expectBalance(spool);
  });
});

it('counts nothing as missing before the first number that its files can hold', async () => {
  stage.way.shut.add('events/0');
  const first = await stage.aSpool({}, clock);
  await store(first, 1, numbered(0, 200));
  await expect.poll(() => stage.way.values('events/1').length, { timeout: 10_000 }).toBe(200);
  await expect.poll(() => stage.files()).toEqual([]);
  await store(
    first,
    0,
    ['a', 'b', 'c'].map((letter) => letter.repeat(3000)),
  );
  await stage.close(first);
  stage.counts.reset();
  // Lost is how far it is drained, and the first pages of what waits cannot be read.
  rmSync(join(stage.slot(), 'cursor.json'));
  const [segment] = stage.files();
  let reads = 0;
  stage.disk.isUnreadable = (path) => path === segment && reads++ >= 3 && reads <= 6;
  const spool = await stage.aSpool({}, clock);
  await expect.poll(() => spool.detail().counting).toBe(false);
  expect(spool.detail().events).toBe(3);
  stage.way.shut.clear();
  await drained(spool);
  expect(stage.counts.by).toMatchObject({ recovered: 3, drained: 3 });
  expect(stage.counts.by.dropped).toBeUndefined();
});
