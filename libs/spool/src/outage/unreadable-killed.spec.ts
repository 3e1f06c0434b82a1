import { readFileSync, writeFileSync } from 'node:fs';
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

/** A process has given up 100 messages that it had counted, its cursor says that it is past them, and another lane still waits. */
async function givenUp(): Promise<OutageSpool> {
  stage.way.shut.add('events/0').add('events/1');
  const first = await stage.aSpool({}, clock);
  await store(first, 0, numbered(0, 100));
  await stage.close(first);
  const [lost] = stage.files();
  stage.counts.reset();
  const second = await stage.aSpool({}, clock);
  await expect.poll(() => second.detail()).toMatchObject({ counting: false, events: 100 });
  await store(second, 0, ['behind']);
  await store(second, 1, ['other']);
  stage.disk.isUnreadable = (path) => path === lost;
  stage.way.shut.delete('events/0');
  await expect.poll(() => second.detail().lastError, { timeout: 10_000 }).toMatch(/EIO/);
  clock.advance(31_000);
  await expect.poll(() => stage.way.values(), { timeout: 10_000 }).toEqual(['behind']);
  await expect.poll(() => stage.cursor()).toMatchObject({ next: 103, behind: [['events/1', 102]], untold: 100 });
  expect(stage.counts.by.dropped).toBeUndefined();
  return second;
}

describe('messages that were given up, and not yet counted as lost', () => {
  it('are told by the next process when this one is killed: at most so many, and once', async () => {
    await givenUp();
    const spoolDir = stage.copy();
    stage.counts.reset();
    const next = await stage.aSpool({ spoolDir }, clock);
    await expect.poll(() => stage.counts.by).toMatchObject({ recovered: 101, dropped: 100 });
    expect(next.detail().events).toBe(1);
    stage.expectBalance(next);
    await expect.poll(() => readFileSync(join(spoolDir, 'slot-0', 'cursor.json'), 'utf8')).not.toContain('untold');
    await stage.close(next);
    stage.counts.reset();
    stage.way.shut.clear();
    const last = await stage.aSpool({ spoolDir }, clock);
    await expect.poll(() => stage.counts.by).toMatchObject({ recovered: 1, drained: 1 });
    expect(stage.counts.by.dropped).toBeUndefined();
    stage.expectBalance(last);
  });

  it('are counted by this process when the rest is drained, and by nobody else', async () => {
    const spool = await givenUp();
    stage.way.shut.clear();
    await drained(spool);
    expect(stage.counts.by).toMatchObject({ drained: 2, dropped: 100 });
    stage.expectBalance(spool);
    await expect.poll(() => stage.cursor()?.untold).toBeUndefined();
  });

  it('are found by an adopting process also where nothing else is left in their slot', async () => {
    stage.way.shut.add('events/0');
    const [own, other] = [await stage.aSpool({}, clock), await stage.aSpool({}, clock)];
    await stage.close(other);
    await stage.close(own);
    writeFileSync(join(stage.slot(0), 'cursor.json'), JSON.stringify({ version: 1, next: 50, behind: [], partitions: [], untold: 7 }));
    const spool = await stage.aSpool({}, clock);
    await expect.poll(() => stage.counts.by).toMatchObject({ recovered: 7, dropped: 7 });
    stage.expectBalance(spool);
    await expect.poll(() => stage.cursor()?.untold).toBeUndefined();
  });
});
