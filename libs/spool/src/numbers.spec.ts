import { mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ManualClock } from '@app/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { FaultyDisk } from './faulty-disk.js';
import { SegmentLog } from './segment-log.js';

const HOUR_MS = 3_600_000;
let directory: string;
let disk: FaultyDisk;
let clock: ManualClock;
let log: SegmentLog;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'inlet-numbers-'));
  disk = new FaultyDisk();
  clock = new ManualClock();
});
afterEach(async () => {
  vi.useRealTimers();
  await log.close();
  await rm(directory, { recursive: true });
});

async function open(): Promise<void> {
  const retention = { bytes: 1e6, ageMs: HOUR_MS };
  log = await SegmentLog.open({ directory, disk, clock, segmentBytes: 1e5, pendingBytes: 1e6, retention, isReadByOthers: true });
  await log.inspected;
}

const append = () => log.append([[Buffer.from('a')]]);
const segments = async () => (await readdir(directory)).filter((file) => file.endsWith('.seg'));

/** All that was appended has grown old. */
async function growOld(): Promise<void> {
  vi.useFakeTimers({ toFake: ['setInterval'] });
  await open();
  for (let i = 0; i < 3; i++) await append();
  clock.advance(2 * HOUR_MS);
  await vi.advanceTimersByTimeAsync(60_000);
}

it('goes on with its numbers after a restart although all of it was deleted: who remembers one would miss what is new', async () => {
  await growOld();
  await expect.poll(segments).toEqual([]);
  await log.close();
  await rm(join(directory, 'durable'));
  await open();
  expect(await append()).toBe(4);
});

it('goes on by its mark, too, when what is saved cannot be read', async () => {
  await growOld();
  await expect.poll(segments).toEqual([]);
  await log.close();
  await rm(join(directory, 'state.json'));
  await open();
  expect(await append()).toBe(4);
});

it('keeps its newest segment, however old, while the numbers cannot be saved elsewhere', async () => {
  const create = disk.create.bind(disk);
  disk.create = (path) => (path.endsWith('state.json.new') ? Promise.reject(new Error('EIO')) : create(path));
  await growOld();
  expect(await segments()).toHaveLength(1);
  disk.create = create;
  clock.advance(60_000);
  await vi.advanceTimersByTimeAsync(60_000);
  await expect.poll(segments).toEqual([]);
});
