import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { ManualClock } from '@app/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FaultyDisk } from '../faulty-disk.js';
import { drained, numbered, OutageStage, store } from './outage-stage.js';

const LOOK_MS = 15_000;
let stage: OutageStage;
let clock: ManualClock;
let lines: string[];
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] });
  stage = new OutageStage(new FaultyDisk());
  clock = new ManualClock();
  lines = [];
  const line = (message: string) => lines.push(message);
  Logger.overrideLogger({ log: line, warn: line, error: line });
});
afterEach(async () => {
  vi.useRealTimers();
  await stage.end();
});

/** Of twenty messages of a lane ten are drained; a segment holds them all. */
async function halfDrained(): Promise<void> {
  const spool = await stage.aSpool({}, clock);
  stage.way.shut.add('events/1');
  await store(spool, 1, ['other']);
  await store(spool, 0, numbered(0, 10));
  await expect.poll(() => stage.way.values('events/0'), { timeout: 10_000 }).toHaveLength(10);
  await expect.poll(() => stage.cursor()?.next).toBe(12);
  stage.way.shut.add('events/0');
  await store(spool, 0, numbered(10, 20));
  await stage.close(spool);
  stage.counts.reset();
  stage.way.written.clear();
  stage.way.shut.clear();
}

const isCursor = (path: string) => path === join(stage.slot(), 'cursor.json');

/** So much time passes, and slots are looked at again. */
async function pass(ms: number): Promise<void> {
  for (let passed = 0; passed < ms; passed += LOOK_MS) {
    clock.advance(LOOK_MS);
    await vi.advanceTimersByTimeAsync(LOOK_MS);
  }
}

describe('a cursor that the disk does not give', () => {
  beforeEach(async () => {
    await halfDrained();
    stage.disk.isUnreadable = isCursor;
  });

  it('is waited for: nothing is sent twice, what is newer goes behind, and the spool takes it meanwhile', async () => {
    const spool = await stage.aSpool({}, clock);
    await pass(LOOK_MS);
    expect(spool.detail()).toMatchObject({ isOpen: true, counting: true });
    await expect.poll(() => spool.detail().lastError).toMatch(/cursor\.json: EIO/);
    expect(spool.holds('events', 0)).toBe('more');
    expect((await store(spool, 0, numbered(20, 30))).size).toBe(0);
    await new Promise((done) => setTimeout(done, 700));
    expect(stage.way.values()).toEqual([]);
    stage.disk.isUnreadable = () => false;
    await pass(LOOK_MS);
    await drained(spool);
    expect(stage.way.values('events/0')).toEqual(numbered(10, 30));
    expect(stage.way.values('events/1')).toEqual(['other']);
    expect(stage.counts.by).toMatchObject({ recovered: 11, spooled: 10, drained: 21 });
    expect(spool.detail().lastError).toBeUndefined();
  });

  it('counts as none after half a minute, if the disk takes writes, and that is told: everything in the slot is sent again', async () => {
    const spool = await stage.aSpool({}, clock);
    await pass(2 * LOOK_MS);
    await drained(spool);
    expect(stage.way.values('events/0')).toEqual(numbered(0, 20));
    expect(lines).toContainEqual(expect.stringMatching(/cursor\.json cannot be read .*sent again/));
    stage.expectBalance(spool);
  });

  it('is waited for, however long, while the disk takes nothing', async () => {
    const spool = await stage.aSpool({}, clock);
    stage.disk.failWrites('EIO');
    await pass(8 * LOOK_MS);
    expect(spool.detail().counting).toBe(true);
    stage.disk.isUnreadable = () => false;
    stage.disk.heal();
    await pass(LOOK_MS);
    await drained(spool);
    expect(stage.way.values('events/0')).toEqual(numbered(10, 20));
    expect(lines.join()).not.toContain('sent again');
  });

  it('leaves the slot to the next process in its order: what was stored meanwhile goes behind', async () => {
    const first = await stage.aSpool({}, clock);
    await store(first, 0, numbered(20, 25));
    await stage.close(first);
    stage.disk.isUnreadable = () => false;
    const second = await stage.aSpool({}, clock);
    await store(second, 0, numbered(25, 30));
    await drained(second);
    expect(stage.way.values('events/0')).toEqual(numbered(10, 30));
  });
});

it('does not make a slot an empty one whose segments cannot be read either', async () => {
  await halfDrained();
  stage.disk.isUnreadable = (path) => isCursor(path) || path.endsWith('.seg');
  const spool = await stage.aSpool({}, clock);
  expect(spool.holds('events', 0)).toBe('more');
  await store(spool, 0, numbered(20, 30));
  stage.disk.isUnreadable = () => false;
  await pass(LOOK_MS);
  await drained(spool);
  expect(stage.way.values('events/0')).toEqual(numbered(10, 30));
});

describe('a cursor that is damaged', () => {
  it.each([
    ['cut short', (text: string) => text.slice(0, 20)],
    ['empty', () => ''],
    ['changed by a digit', (text: string) => text.replace('"next":12', '"next":22')],
    ['of another release', (text: string) => text.replace('"version":1', '"version":2')],
  ])('counts as none at once, and that is told: %s', async (_, damage) => {
    await halfDrained();
    const path = join(stage.slot(), 'cursor.json');
    const before = readFileSync(path, 'utf8');
    writeFileSync(path, damage(before));
    expect(readFileSync(path, 'utf8')).not.toBe(before);
    const spool = await stage.aSpool({}, clock);
    await drained(spool);
    expect(stage.way.values('events/0')).toEqual(numbered(0, 20));
    expect(lines.filter((line) => line.includes('sent again'))).toHaveLength(1);
  });

  it('is none without a checksum: an earlier release wrote it', async () => {
    await halfDrained();
    const path = join(stage.slot(), 'cursor.json');
    writeFileSync(path, readFileSync(path, 'utf8').replace(/,"crc":\d+/, ''));
    await drained(await stage.aSpool({}, clock));
    expect(stage.way.values('events/0')).toEqual(numbered(10, 20));
  });
});
