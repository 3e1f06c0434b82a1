import { cp, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@app/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FaultyDisk } from './faulty-disk.js';
import { LogState } from './log-state.js';
import type { SegmentLogOptions } from './open-log.js';
import { SegmentLog } from './segment-log.js';
import type { StoredRecord } from './record.js';

const HOUR_MS = 3_600_000;
let directory: string;
let clock: ManualClock;
let log: SegmentLog | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'inlet-state-'));
  clock = new ManualClock();
});

afterEach(async () => {
  await log?.close();
  await rm(directory, { recursive: true });
});

/** A process that begins: its monotonic clock begins anew, its wall clock is what the machine says. */
async function start(options: Partial<SegmentLogOptions> = {}): Promise<SegmentLog> {
  await log?.close();
  clock = new ManualClock(clock.now());
  log = await SegmentLog.open({ directory, clock, segmentBytes: 1e6, pendingBytes: 1e6, ...options });
  await log.inspected;
  return log;
}

const append = (value: string) => log!.append([[Buffer.from(value)]]);

async function ages(): Promise<Record<string, number>> {
  const records: StoredRecord[] = [];
  for await (const record of log!.read()) records.push(record);
  return Object.fromEntries(records.map((record) => [record.payload.toString(), Math.round(log!.ageMs(record) / HOUR_MS)]));
}

describe('the age of records', () => {
  it('is the time in which processes ran over the directory', async () => {
    await start();
    await append('a');
    clock.advance(2 * HOUR_MS);
    await append('b');
    clock.advance(HOUR_MS);
    expect(await ages()).toEqual({ a: 3, b: 1 });
    await start();
    clock.advance(HOUR_MS);
    await append('c');
    expect(await ages()).toEqual({ a: 4, b: 2, c: 0 });
    expect(Math.round(log!.oldestAgeMs / HOUR_MS)).toBe(4);
  });

  it('is told within a segment too', async () => {
    await start();
    for (const value of ['a', 'b', 'c', 'd']) {
      await append(value);
      clock.advance(HOUR_MS * 0.9);
    }
    expect((await readdir(directory)).filter((file) => file.endsWith('.seg'))).toHaveLength(2);
    expect(await ages()).toEqual({ a: 4, b: 3, c: 2, d: 1 });
  });

  it('does not grow while nothing runs, nor when a wall clock is set', async () => {
    await start();
    await append('a');
    clock.setWall(clock.now() + 20 * 365 * 24 * HOUR_MS);
    await append('b');
    expect(await ages()).toEqual({ a: 0, b: 0 });
    await log!.close();
    clock.setWall(clock.now() + 1000 * HOUR_MS);
    await start();
    expect(await ages()).toEqual({ a: 0, b: 0 });
    clock.setWall(0);
    await append('c');
    expect(await ages()).toEqual({ a: 0, b: 0, c: 0 });
  });

  it.each(['lost', 'damaged'])('is known from the segments when the state is %s', async (fate) => {
    await start();
    await append('a');
    clock.advance(2 * HOUR_MS);
    await append('b');
    await log!.close();
    if (fate === 'lost') await rm(join(directory, 'state.json'));
    else await writeFile(join(directory, 'state.json'), '{"version":1,"runningSe');
    await start();
    expect(await ages()).toEqual({ a: 2, b: 0 });
  });

  it('is saved every minute, so that a process that is killed takes a minute with it at most', async () => {
    vi.useFakeTimers({ toFake: ['setInterval'] });
    await start();
    await append('a');
    clock.advance(5 * HOUR_MS);
    vi.advanceTimersByTime(60_000);
    vi.useRealTimers();
    await expect.poll(() => readFile(join(directory, 'state.json'), 'utf8').catch(() => '')).toContain(`"runningSeconds":${5 * 3600 + 1}`);
    // What a process finds that comes after one that was killed.
    const killed = `${directory}-killed`;
    await cp(directory, killed, { recursive: true });
    await log!.close();
    log = await SegmentLog.open({ directory: killed, clock, segmentBytes: 1e6, pendingBytes: 1e6 });
    expect(await ages()).toEqual({ a: 5 });
    await log.close();
    await rm(killed, { recursive: true });
  });
});

describe('a state that the disk does not give', () => {
  let disk: FaultyDisk;
  let notices: string[];
  const load = (newestBegunAt?: number, isOfOlderRelease?: () => Promise<boolean>) =>
    LogState.load(disk, directory, clock, (message) => notices.push(message), newestBegunAt, isOfOlderRelease);
  const ofOlderRelease = () => Promise.resolve(true);

  /** Of an older release's log, which is two hours old. */
  beforeEach(async () => {
    disk = new FaultyDisk();
    notices = [];
    const state = await load(undefined, ofOlderRelease);
    clock.advance(2 * HOUR_MS);
    await state.save();
    disk.isUnreadable = (path) => path.endsWith('state.json');
  });

  it('is not saved over, and counts again when it can be read', async () => {
    const state = await load(3600);
    expect(Math.round(state.runningSeconds)).toBe(3600);
    clock.advance(1000);
    await expect(state.save()).rejects.toThrow('EIO');
    disk.isUnreadable = () => false;
    await state.save();
    // What was written meanwhile would be old at once.
    expect(Math.round(state.runningSeconds)).toBe(3601);
    expect([state.isOfOlderRelease, state.isUnread]).toEqual([true, false]);
    expect(notices).toEqual([expect.stringMatching(/state\.json cannot be read/)]);
  });

  it('deletes nothing by an older release’s rules, and is given up after half a minute', async () => {
    const state = await load(3600, ofOlderRelease);
    expect(state.isOfOlderRelease).toBe(false);
    clock.advance(30_000);
    await state.save();
    disk.isUnreadable = () => false;
    expect(notices.at(-1)).toMatch(/given up/);
    expect(Math.round((await load()).runningSeconds)).toBe(3630);
  });

  it('is not given up by a disk that takes nothing', async () => {
    const state = await load();
    clock.advance(60_000);
    disk.failWrites('EIO');
    await expect(state.save()).rejects.toThrow('EIO');
    disk.heal();
    disk.isUnreadable = () => false;
    await state.save();
    // It was read: an older release's.
    expect(state.isOfOlderRelease).toBe(true);
  });

  it('does not take back what was said meanwhile', async () => {
    const state = await load();
    state.settle();
    disk.isUnreadable = () => false;
    await state.save();
    expect(state.isOfOlderRelease).toBe(false);
    expect((await load()).isOfOlderRelease).toBe(false);
  });

  it('is told when it is damaged', async () => {
    disk.isUnreadable = () => false;
    await writeFile(join(directory, 'state.json'), '{"version":1,');
    expect((await load(undefined, ofOlderRelease)).isOfOlderRelease).toBe(true);
    expect(notices).toEqual([expect.stringMatching(/state\.json is damaged/)]);
  });

  it('makes nothing old, and no number one that was given out, when it comes back after events were stored', async () => {
    disk.isUnreadable = () => false;
    const before = await load();
    before.nextSequence = 1000;
    await before.save();
    disk.isUnreadable = (path) => path.endsWith('state.json');
    const retention = { bytes: 1e9, ageMs: HOUR_MS };
    await start({ disk, retention, notice: (message) => notices.push(message) });
    await append('fresh');
    disk.isUnreadable = () => false;
    clock.advance(60_000);
    await start({ disk, retention });
    expect(await ages()).toEqual({ fresh: 0 });
    expect(await append('next')).toBeGreaterThanOrEqual(1000);
    expect(notices.join()).not.toContain('deleted');
  });
});
