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

/** The same numbers for the same seed (mulberry32). */
function randomOf(seed: number): () => number {
  let state = seed * 7919 + 1;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4294967296;
  };
}

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

  it.each(Array.from({ length: 40 }, (_, seed) => seed))(
    'has them wherever it happens, and gives no number out twice (seed %i)',
    async (seed) => {
      const random = randomOf(seed);
      const acknowledged: string[] = [];
      const numbers: number[] = [];
      for (let life = 0, value = 0; life < 5; life++) {
        await open();
        await log!.inspected;
        const stored = await found();
        expect(stored.filter((one) => acknowledged.includes(one))).toEqual(acknowledged);
        disk.operationsLeft = Math.floor(random() * 30);
        for (let n = 0; n < 15; n++) {
          const batch = Array.from({ length: 1 + Math.floor(random() * 3) }, () => String(value++));
          const append = log!.append(batch.map((text) => [Buffer.from(text.padEnd(100))]));
          const first = await append.catch(() => undefined);
          if (first === undefined) continue;
          acknowledged.push(...batch);
          numbers.push(...batch.map((_, index) => first + index));
        }
        // The power is gone, whatever it still tries.
        disk.operationsLeft = 0;
        await log!.close();
        disk.losePower(random);
      }
      expect(acknowledged.length).toBeGreaterThan(0);
      expect(numbers).toEqual([...new Set(numbers)].toSorted((a, b) => a - b));
    },
  );

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
