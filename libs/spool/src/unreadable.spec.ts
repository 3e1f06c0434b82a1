import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { NodeDisk, type DiskFile } from './disk.js';
import { FaultyDisk } from './faulty-disk.js';
import { readLog, type ReadOptions } from './log-reader.js';
import { SegmentLog } from './segment-log.js';
import type { Damage } from './segment-reader.js';

/** Its second page, of any segment, cannot be read. */
class BadDisk extends NodeDisk {
  override async openForReading(path: string): Promise<DiskFile> {
    const file = await super.openForReading(path);
    const read = (target: Buffer, position: number) =>
      position < 8192 && position + target.length > 4096
        ? Promise.reject(Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' }))
        : file.read(target, position);
    return { read, write: (b, p) => file.write(b, p), sync: () => file.sync(), stat: () => file.stat(), close: () => file.close() };
  }
}

let directory: string;
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'inlet-spool-'));
  const log = await SegmentLog.open({ directory, segmentBytes: 1e6, pendingBytes: 1e9 });
  for (let i = 1; i <= 100; i++) await log.append([[Buffer.from(String(i).padEnd(164))]]);
  await log.close();
});
afterEach(() => rm(directory, { recursive: true }));

async function take(options: ReadOptions): Promise<{ found: number[]; error?: string }> {
  const found: number[] = [];
  try {
    for await (const { payload } of readLog(new BadDisk(), directory, options)) found.push(Number(payload.toString()));
    return { found };
  } catch (error) {
    return { found, error: (error as NodeJS.ErrnoException).code! };
  }
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

// 200 bytes each behind a header of 40: the page holds the last part of the 21st to the first part of the 41st.
it('ends with the disk’s error at a page that cannot be read, so that nobody who remembers his place goes past it', async () => {
  expect(await take({})).toEqual({ found: numbers(1, 20), error: 'EIO' });
});

it('goes on behind it for a caller who is told, and says which bytes are missing, between which records, and why', async () => {
  const damages: Damage[] = [];
  const { found, error } = await take({ onDamage: (damage) => damages.push(damage) });
  expect(error).toBeUndefined();
  expect(found).toEqual([...numbers(1, 20), ...numbers(42, 100)]);
  expect(damages).toEqual([
    { path: expect.stringMatching(/\.seg$/), from: 4040, to: 8240, isTorn: false, error: 'EIO: i/o error, read', before: 42 },
  ]);
});

it('takes a header that could not be read once for what may come back, not for damage', async () => {
  const disk = new FaultyDisk();
  let reads = 0;
  disk.isUnreadable = () => reads++ < 2;
  const damages: Damage[] = [];
  for await (const { sequence } of readLog(disk, directory, { onDamage: (damage) => damages.push(damage) }))
    expect(sequence).toBeGreaterThan(0);
  expect(damages).toMatchObject([{ from: 0, to: 40, error: 'EIO: i/o error, read', before: 1 }]);
});
