import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FillWarning } from './fill-warning.js';
import type { ReaderPosition } from './log-readers.js';
import { SegmentLog } from './segment-log.js';

const LIMIT = 20_000;
let directory: string;
let notices: string[];
let log: SegmentLog | undefined;
let readers: ReaderPosition[];

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'inlet-fill-'));
  notices = [];
  readers = [];
});

afterEach(async () => {
  await log?.close();
  await rm(directory, { recursive: true });
});

async function open(whenFull: 'refuse' | 'delete_oldest' = 'refuse'): Promise<SegmentLog> {
  await log?.close();
  return (log = await SegmentLog.open({
    directory,
    segmentBytes: 2_000,
    retention: { bytes: LIMIT, ageMs: Infinity, whenFull },
    readers: { positions: () => readers },
    pendingBytes: 1e6,
    notice: (message) => notices.push(message),
  }));
}

const append = () => log!.append([[Buffer.alloc(500)]]);

async function fillUp(): Promise<number> {
  for (let stored = 0; stored < 1000; stored++) {
    const refused = await append().then(
      () => false,
      (error: { code: string }) => error.code === 'full',
    );
    if (refused) return stored;
  }
  throw new Error('it never was full');
}

const onDisk = async () => {
  let count = 0;
  for await (const record of log!.read()) count += record ? 1 : 0;
  return count;
};

describe('a log that refuses what goes beyond its limit', () => {
  it('keeps every event, holds no more bytes than it may, and is well', async () => {
    await open();
    const stored = await fillUp();
    await expect(append()).rejects.toThrow('the log is full: it may hold 1 MiB (EMBEDDED_LOG_MAX_BYTES)');
    expect(await onDisk()).toBe(stored);
    const { bytes, failure, isFull } = log!.stats();
    expect([bytes <= LIMIT, failure, isFull]).toEqual([true, undefined, true]);
  });

  it('tells of it at 70 and 90 %, and once when it is full', async () => {
    await open();
    await fillUp();
    await append().catch(() => {});
    expect(notices.map((notice) => /70 %|90 %|is full/.exec(notice)?.[0])).toEqual(['70 %', '90 %', 'is full']);
    expect(notices.at(-1)).toContain('EMBEDDED_LOG_FULL=delete_oldest');
  });

  it('is as full after a restart, before it has read what is there', async () => {
    await open();
    const stored = await fillUp();
    await open();
    await expect(append()).rejects.toMatchObject({ code: 'full' });
    await log!.inspected;
    expect(await onDisk()).toBe(stored);
  });

  it('has room again for what all readers have read, and says what it deletes', async () => {
    await open();
    const stored = await fillUp();
    readers = [
      { name: 'kafka', next: 20 },
      { name: 'warehouse', next: 10 },
    ];
    await append().catch(() => {});
    await expect
      .poll(() =>
        append().then(
          () => 'stored',
          () => 'refused',
        ),
      )
      .toBe('stored');
    expect(await onDisk()).toBeLessThan(stored + 1);
    for await (const { sequence } of log!.read()) {
      expect(sequence).toBeLessThanOrEqual(10);
      break;
    }
    expect(notices.filter((notice) => /events are deleted .* all who read it have read them/.test(notice)).length).toBeGreaterThan(0);
    expect(notices.at(-1)).toContain('has room again');
  });
});

describe('a log that deletes the oldest beyond its limit', () => {
  it('takes everything, and says of each file that it deletes it', async () => {
    await open('delete_oldest');
    for (let i = 0; i < 100; i++) await append();
    const files = (await readdir(directory)).filter((file) => file.endsWith('.seg'));
    const deleted = notices.filter((notice) => /\d events are deleted/.test(notice));
    expect(deleted.length).toBeGreaterThan(10);
    expect(files.some((file) => deleted.some((notice) => notice.includes(file)))).toBe(false);
    const gone = deleted.reduce((sum, notice) => sum + Number(/(\d+) events are deleted/.exec(notice)?.[1]), 0);
    expect(log!.stats().events + gone).toBe(100);
    expect(log!.stats().bytes).toBeLessThanOrEqual(LIMIT + 2_000);
  });
});

describe('the warning of a log that fills', () => {
  it('is given once for each share, and anew when it has sunk', () => {
    const warning = new FillWarning();
    const seen = [10, 69, 70, 80, 90, 99, 89, 91, 84, 91, 60, 70].map((bytes) => warning.reached(bytes, 100));
    const none = undefined;
    expect(seen).toEqual([none, none, 0.7, none, 0.9, none, none, none, none, 0.9, none, 0.7]);
  });
});
