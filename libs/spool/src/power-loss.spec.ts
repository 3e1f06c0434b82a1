import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { PowerLossDisk } from './power-loss-disk.js';
import { DrainCursor } from './outage/drain-cursor.js';
import { SegmentLog } from './segment-log.js';

let directory: string;
let disk: PowerLossDisk;
let log: SegmentLog | undefined;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'inlet-power-'));
  disk = new PowerLossDisk();
});

afterEach(async () => {
  await log?.close();
  await rm(directory, { recursive: true });
});

const open = async () => (log = await SegmentLog.open({ directory, disk, segmentBytes: 1_000, pendingBytes: 1e6 }));

/** The lock goes with the process; what it writes when it closes comes after the power was lost, and does not count. */
async function losePower(): Promise<void> {
  disk.losePower();
  await log?.close();
  disk.losePower();
}

async function found(): Promise<string[]> {
  const values: string[] = [];
  for await (const { payload } of log!.read()) values.push(payload.toString().trim());
  return values;
}

describe('a machine that loses power', () => {
  it('has every acknowledged record, in segments old and new', async () => {
    await open();
    const acknowledged: string[] = [];
    for (let i = 0; i < 40; i++) {
      await log!.append([[Buffer.from(String(i).padEnd(100))]]);
      acknowledged.push(String(i));
      if (i % 7 !== 0) continue;
      await losePower();
      await open();
      await log!.inspected;
      expect(await found()).toEqual(acknowledged);
    }
  });

  it('has every acknowledged record of a log whose disk failed in between', async () => {
    await open();
    await log!.append([[Buffer.from('a')]]);
    const { create } = disk;
    disk.create = () => Promise.reject(new Error('EIO'));
    await log!.append([[Buffer.from('b')]]).catch(() => {});
    disk.create = create;
    await log!.append([[Buffer.from('c')]]);
    await losePower();
    await open();
    expect(await found()).toEqual(expect.arrayContaining(['a', 'c']));
  });

  it('has the drain’s place as it was last saved to last', async () => {
    const cursor = new DrainCursor(disk, directory);
    cursor.next = 10;
    await cursor.save(true);
    // The disk may have kept its new name before its bytes.
    await disk.syncDirectory(directory);
    disk.losePower();
    const after = new DrainCursor(disk, directory);
    await after.load();
    expect(after.next).toBe(10);
  });
});
