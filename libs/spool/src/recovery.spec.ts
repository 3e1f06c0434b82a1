import { mkdtemp, readdir, readFile, rm, stat, truncate, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { crc32 } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { DiskFile } from './disk.js';
import { FaultyDisk } from './faulty-disk.js';
import type { SegmentLogOptions } from './open-log.js';
import { SegmentLog } from './segment-log.js';

let directory: string;
let notices: string[];
let log: SegmentLog | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'inlet-spool-'));
  notices = [];
});

afterEach(async () => {
  await log?.close();
  await rm(directory, { recursive: true });
});

async function reopen(options: Partial<SegmentLogOptions> = {}): Promise<SegmentLog> {
  await log?.close();
  const notice = (message: string) => notices.push(message);
  log = await SegmentLog.open({ directory, segmentBytes: 2_000, pendingBytes: 1e6, notice, ...options });
  await log.inspected;
  return log;
}

/** Events of 64 bytes in segments of at most 2,000: a hundred bytes a record, nineteen a segment. */
async function fill(events: number): Promise<string[]> {
  const filled = await reopen();
  for (let i = 1; i <= events; i++) await filled.append([[Buffer.from(`event-${i}`.padEnd(64, '.'))]]);
  await filled.close();
  return segmentPaths();
}

const segmentPaths = async () => (await readdir(directory)).filter((file) => file.endsWith('.seg')).map((file) => join(directory, file));

async function found(): Promise<number[]> {
  const numbers: number[] = [];
  for await (const { payload } of log!.read()) numbers.push(Number(/\d+/.exec(payload.toString())?.[0]));
  return numbers;
}

async function edit(path: string, change: (bytes: Buffer) => void): Promise<void> {
  const bytes = await readFile(path);
  change(bytes);
  await writeFile(path, bytes);
}

const flip = (bytes: Buffer, at: number, mask: number) => bytes.writeUInt8(bytes.readUInt8(at) ^ mask, at);

const upTo = (n: number) => Array.from({ length: n }, (_, i) => i + 1);

describe('opening a log after a crash', () => {
  it('gives no number out twice when an unused segment came back that begins with the newest one’s number', async () => {
    const [path = ''] = await fill(5);
    await writeFile(join(directory, `${basename(path).slice(0, 17)}ffffffffffffffff.seg`), '');
    const again = await reopen();
    expect(again.nextSequence).toBe(6);
    expect(await segmentPaths()).toEqual([path]);
    await again.append([[Buffer.from('event-6')]]);
    expect(await found()).toEqual(upTo(6));
  });

  it('cuts off a write that was cut short, says so once, and goes on', async () => {
    const [path = ''] = await fill(5);
    await truncate(path, 40 + 4 * 100 + 50);
    await reopen();
    expect(notices).toEqual([expect.stringContaining(`${path}: 50 bytes from offset 440 are a write that was cut short`)]);
    expect((await stat(path)).size).toBe(440);
    expect(await log!.append([[Buffer.from('event-6')]])).toBeGreaterThan(5);
    expect(await found()).toEqual([1, 2, 3, 4, 6]);
    notices = [];
    await reopen();
    expect(notices).toEqual([]);
  });

  it('removes a segment that was created and never used', async () => {
    const [path = ''] = await fill(3);
    await writeFile(join(directory, '0000000000000004-0011223344556677.seg'), Buffer.alloc(10));
    await reopen();
    expect(await segmentPaths()).toEqual([path]);
    expect(notices).toEqual([]);
    expect(await found()).toEqual([1, 2, 3]);
  });
});

describe('opening a damaged log', () => {
  it('skips flipped bits, recovers what is before and behind, names file and offset, and keeps the file as it is', async () => {
    const [first = '', , third = '', ...rest] = await fill(50);
    expect(rest).toEqual([]);
    await edit(first, (bytes) => flip(bytes, 40 + 3 * 100 + 70, 0x10));
    await edit(third, (bytes) => flip(bytes, 40 + 2 * 100 + 9, 0x80));
    const before = await readFile(first);
    await reopen();
    expect(await found()).toEqual(upTo(50).filter((n) => n !== 4 && n !== 41));
    expect(notices).toContainEqual(expect.stringContaining(`${first}: 100 bytes from offset 340 are damaged`));
    expect(notices).toContainEqual(expect.stringContaining(`${third}: 100 bytes from offset 240 are damaged`));
    expect(await readFile(first)).toEqual(before);
    expect(log!.stats().events).toBe(48);
  });

  it('reads a segment whose first page, header included, was zeroed', async () => {
    const [path = ''] = await fill(19);
    await edit(path, (bytes) => bytes.fill(0, 0, 512));
    await reopen();
    expect(await found()).toEqual(upTo(19).slice(5));
    expect(notices).toEqual([expect.stringContaining(`${path}: 540 bytes from offset 0 are damaged`)]);
  });

  it('never gives a lost record’s number to a new one', async () => {
    const [path = ''] = await fill(10);
    await edit(path, (bytes) => bytes.fill(0, 540));
    await reopen();
    expect(await log!.append([[Buffer.from('event-11')]])).toBeGreaterThan(10);
    expect(await found()).toEqual([1, 2, 3, 4, 5, 11]);
  });

  it('opens whatever the files hold', async () => {
    await writeFile(join(directory, '0000000000000001-0011223344556677.seg'), Buffer.alloc(5_000, 0xff));
    await writeFile(join(directory, '0000000000000009-8899aabbccddeeff.seg'), Buffer.alloc(5_000));
    await writeFile(join(directory, 'notes.txt'), 'not a segment');
    await writeFile(join(directory, 'lock'), 'not a lock either '.repeat(100));
    await reopen();
    expect(notices.length).toBe(2);
    await log!.append([[Buffer.from('event-1')]]);
    expect(await found()).toEqual([1]);
  });
});

describe('opening a log with a segment that the disk does not give back', () => {
  it('gives none of its numbers to a new record, tells of the file and reads it when the disk is well', async () => {
    const [path = ''] = await fill(10);
    const disk = new FaultyDisk();
    disk.isUnreadable = (file) => file === path;
    await reopen({ disk });
    expect(notices).toEqual([expect.stringContaining(`${path}: cannot be read and is left alone: Error: EIO`)]);
    expect(log!.stats().leftAlone).toMatchObject([{ name: { file: basename(path) }, why: 'unreadable' }]);
    expect(await log!.append([[Buffer.from('event-11')]])).toBeGreaterThan(10);
    disk.isUnreadable = () => false;
    expect(await found()).toEqual(upTo(11));
    await reopen();
    expect(log!.stats()).toMatchObject({ events: 11, leftAlone: [] });
  });

  it('goes far beyond a segment of which not even the size can be told', async () => {
    const [path = ''] = await fill(10);
    class NoSuchDevice extends FaultyDisk {
      override openForReading(file: string): Promise<DiskFile> {
        return file === path ? Promise.reject(new Error('ENXIO')) : super.openForReading(file);
      }
    }
    await reopen({ disk: new NoSuchDevice() });
    expect(await log!.append([[Buffer.from('event-11')]])).toBeGreaterThan(2 ** 31);
  });

  it('counts an older one too when it can be read again, in its place', async () => {
    const [first = ''] = await fill(30);
    const disk = new FaultyDisk();
    disk.isUnreadable = (file) => file === first;
    vi.useFakeTimers({ toFake: ['setInterval'] });
    await reopen({ disk, retention: { bytes: 1e9, ageMs: 1e12 } });
    expect(log!.stats()).toMatchObject({ events: 11, leftAlone: [{ why: 'unreadable' }] });
    disk.isUnreadable = () => false;
    vi.advanceTimersByTime(60_000);
    vi.useRealTimers();
    await vi.waitFor(() => expect(log!.stats()).toMatchObject({ events: 30, leftAlone: [] }));
    expect(notices.at(-1)).toBe(`${first}: can be read again: 19 events`);
  });
});

describe('opening a log that another release has written to', () => {
  it('leaves a segment of a newer format alone, says so, and continues behind it', async () => {
    const [path = ''] = await fill(10);
    await edit(path, (bytes) => {
      bytes.writeUInt32LE(2, 8);
      bytes.writeUInt32LE(crc32(bytes.subarray(0, 36)), 36);
    });
    const before = await readFile(path);
    await reopen();
    expect(notices).toEqual([expect.stringContaining(`${path}: has format version 2`)]);
    expect(await log!.append([[Buffer.from('event-11')]])).toBeGreaterThan(10);
    expect(await found()).toEqual([11]);
    expect(await readFile(path)).toEqual(before);
  });
});
