import { mkdtemp, readdir, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@app/testing';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { FaultyDisk } from './faulty-disk.js';
import type { SegmentLogOptions } from './open-log.js';
import { SegmentLog } from './segment-log.js';
import type { StoredRecord } from './record.js';

let directory: string;
let notices: string[];
const opened: SegmentLog[] = [];

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'inlet-spool-')), 'log');
  notices = [];
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((log) => log.close()));
  await rm(join(directory, '..'), { recursive: true });
});

const text = (value: string) => [Buffer.from(value)];

async function openLog(options: Partial<SegmentLogOptions> = {}): Promise<SegmentLog> {
  const log = await SegmentLog.open({
    directory,
    segmentBytes: 1024 * 1024,
    pendingBytes: 1024 * 1024,
    notice: (message) => notices.push(message),
    ...options,
  });
  opened.push(log);
  return log;
}

async function contents(log: SegmentLog, options?: Parameters<SegmentLog['read']>[0]): Promise<string[]> {
  const found: StoredRecord[] = [];
  for await (const record of log.read(options)) found.push(record);
  return found.map(({ sequence, payload }) => `${sequence}:${payload.toString()}`);
}

const segments = async () => (await readdir(directory)).filter((file) => file.endsWith('.seg'));

describe('SegmentLog', () => {
  it('gives records back in the order they were appended, with increasing numbers, also after a restart', async () => {
    const first = await openLog();
    expect(await first.append([text('a'), text('b')])).toBe(1);
    expect(await first.append([text('c')])).toBe(3);
    await first.close();
    const second = await openLog();
    expect(await second.append([text('d')])).toBe(4);
    expect(await contents(second)).toEqual(['1:a', '2:b', '3:c', '4:d']);
    expect(await contents(second, { from: { sequence: 3 } })).toEqual(['3:c', '4:d']);
    expect(await contents(second, { from: 'end' })).toEqual([]);
  });

  it('shares one write and one fdatasync among the appends that wait', async () => {
    const disk = new FaultyDisk();
    const log = await openLog({ disk });
    await log.append([text('first')]);
    const before = { writes: disk.writes, syncs: disk.syncs };
    await Promise.all(Array.from({ length: 500 }, (_, i) => log.append([text(`event ${i}`)])));
    expect(disk.syncs - before.syncs).toBe(1);
    expect(disk.writes - before.writes).toBe(1);
  });

  it('acknowledges only after the fdatasync has returned', async () => {
    const disk = new FaultyDisk();
    const log = await openLog({ disk });
    await log.append([text('opens the segment')]);
    const release = disk.holdSync();
    let isAcknowledged = false;
    const append = log.append([text('a')]).then(() => (isAcknowledged = true));
    await disk.syncEntered();
    await new Promise((resolve) => setImmediate(resolve));
    expect(isAcknowledged).toBe(false);
    release();
    await append;
    expect(isAcknowledged).toBe(true);
  });

  it('makes the name of each new segment durable before it acknowledges the first record in it', async () => {
    const disk = new FaultyDisk();
    const log = await openLog({ disk, segmentBytes: 400 });
    for (let i = 1; i <= 4; i++) {
      await log.append([text(`${i}`.padEnd(200, '.'))]);
      disk.operations.push('acknowledged');
    }
    const perSegment = ['create', 'write', 'sync', 'syncDirectory', 'write', 'sync', 'acknowledged'];
    const seen = disk.operations.map((operation) => operation.split(' ')[0]);
    expect(seen.slice(seen.indexOf('create'))).toEqual([...perSegment, ...perSegment, ...perSegment, ...perSegment]);
  });

  it('begins a new segment after an hour: only whole ones can be deleted for their age', async () => {
    const clock = new ManualClock();
    const log = await openLog({ clock });
    await log.append([text('a')]);
    clock.advance(3_590_000);
    await log.append([text('b')]);
    expect((await segments()).length).toBe(1);
    clock.advance(20_000);
    await log.append([text('c')]);
    expect((await segments()).length).toBe(2);
  });

  it('keeps files to their owner', async () => {
    const log = await openLog();
    await log.append([text('a')]);
    expect((await stat(directory)).mode & 0o777).toBe(0o700);
    for (const file of await readdir(directory)) expect((await stat(join(directory, file))).mode & 0o777).toBe(0o600);
  });

  it('begins a new segment when one is full', async () => {
    const log = await openLog({ segmentBytes: 400 });
    for (let i = 1; i <= 10; i++) await log.append([text(`event ${i} `.padEnd(100, '.'))]);
    expect((await segments()).length).toBe(5);
    expect((await contents(log)).length).toBe(10);
  });

  it('deletes the oldest segments beyond its size, never the one being written', async () => {
    const log = await openLog({ segmentBytes: 400, retention: { bytes: 1000, ageMs: 3_600_000 } });
    for (let i = 1; i <= 20; i++) await log.append([text(`${i}`.padEnd(100, '.'))]);
    const { bytes, events } = log.stats();
    expect(bytes).toBeLessThanOrEqual(1000 + 400);
    const kept = await contents(log);
    expect(kept.length).toBe(events);
    expect(kept.at(-1)).toMatch(/^20:20/);
  });

  it('deletes segments of earlier runs before its own', async () => {
    const first = await openLog({ segmentBytes: 400 });
    for (let i = 1; i <= 8; i++) await first.append([text(`${i}`.padEnd(100, '.'))]);
    await first.close();
    const second = await openLog({ segmentBytes: 400, retention: { bytes: 1000, ageMs: 3_600_000 } });
    await second.append([text('9'.padEnd(100, '.'))]);
    await second.inspected;
    expect((await contents(second)).map((line) => line.slice(0, 1))).toEqual(['5', '6', '7', '8', '9']);
  });

  it('deletes the events of a log that has grown old in silence', async () => {
    vi.useFakeTimers({ toFake: ['setInterval'] });
    const log = await openLog({ retention: { bytes: 1e9, ageMs: -1 } });
    await log.append([text('old')]);
    await log.inspected;
    vi.advanceTimersByTime(60_000);
    vi.useRealTimers();
    await vi.waitFor(async () => expect(await segments()).toEqual([]));
    await log.append([text('new')]);
    expect(await contents(log)).toEqual(['2:new']);
  });

  it('refuses a second owner of its directory, and is free after close', async () => {
    const log = await openLog();
    await expect(openLog()).rejects.toThrow(`${directory} is in use by another process`);
    await log.close();
    await expect(openLog()).resolves.toBeDefined();
  });

  it('refuses appends beyond the bytes that may wait, and takes them again later', async () => {
    const log = await openLog({ pendingBytes: 1000 });
    const first = log.append([text('x'.repeat(900))]);
    await expect(log.append([text('y'.repeat(900))])).rejects.toMatchObject({ code: 'backlog' });
    await first;
    await expect(log.append([text('y'.repeat(900))])).resolves.toBe(2);
  });

  it('stores what was appended before close and refuses what comes after it', async () => {
    const log = await openLog();
    const last = log.append([text('last')]);
    await log.close();
    await expect(last).resolves.toBe(1);
    await expect(log.append([text('late')])).rejects.toMatchObject({ code: 'closed' });
  });

  it('loses no append that arrives in any gap between two groups', async () => {
    const log = await openLog();
    let acknowledged = 0;
    const sender = async (ticks: number) => {
      for (let i = 0; i < 50; i++) {
        await log.append([text('x')]);
        acknowledged++;
        for (let tick = 0; tick < ticks; tick++) await Promise.resolve();
      }
    };
    await Promise.all(Array.from({ length: 12 }, (_, ticks) => sender(ticks)));
    expect(acknowledged).toBe(600);
    expect((await contents(log)).length).toBe(600);
  });
});

describe('SegmentLog on a failing disk', () => {
  it('writes the records of a segment whose fdatasync failed into a new one and never touches the dead one again', async () => {
    const disk = new FaultyDisk();
    const log = await openLog({ disk });
    await log.append([text('a')]);
    disk.failSync('EIO', 1);
    await log.append([text('b')]);
    await log.append([text('c')]);
    expect((await segments()).length).toBe(2);
    expect((await contents(log)).map((line) => line.split(':')[1])).toEqual(['a', 'b', 'c']);
    expect(disk.syncsAfterFailure).toBe(0);
    expect(notices).toEqual([expect.stringContaining('EIO'), expect.stringContaining('storing again')]);
  });

  it('refuses appends while the disk is full, leaves no litter, and stores again when space returns', async () => {
    const disk = new FaultyDisk();
    const log = await openLog({ disk });
    await log.append([text('a')]);
    disk.failWrites('ENOSPC');
    for (let i = 0; i < 20; i++) await expect(log.append([text('lost')])).rejects.toMatchObject({ code: 'write' });
    expect(log.stats().failure).toContain('ENOSPC');
    expect((await segments()).length).toBe(1);
    disk.heal();
    await log.append([text('b')]);
    expect(log.stats().failure).toBeUndefined();
    expect((await contents(log)).map((line) => line.split(':')[1])).toEqual(['a', 'b']);
  });

  it('finds out for itself that the disk is well again: readiness keeps away who would append', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout'] });
    const disk = new FaultyDisk();
    const log = await openLog({ disk });
    disk.failWrites('ENOSPC');
    await expect(log.append([text('lost'.repeat(50_000))])).rejects.toMatchObject({ code: 'write' });
    const refused = disk.writes;
    const passUntil = async (isSo: () => boolean) => {
      for (let turn = 0; turn < 20_000 && !isSo(); turn++) {
        vi.advanceTimersByTime(10);
        await new Promise((resolve) => setImmediate(resolve));
      }
      expect(isSo()).toBe(true);
    };
    await passUntil(() => disk.writes > refused + 1);
    expect(log.stats().failure).toContain('ENOSPC');
    disk.heal();
    await passUntil(() => log.stats().failure === undefined);
    vi.useRealTimers();
    expect(notices).toEqual([expect.stringContaining('cannot store: ENOSPC'), expect.stringContaining('storing again after: ENOSPC')]);
    expect(disk.largestWrite).toBeGreaterThan(200_000);
    expect(await readdir(directory)).toEqual(['lock']);
  });
});
