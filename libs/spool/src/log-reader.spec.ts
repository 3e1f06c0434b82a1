import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { NodeDisk } from './disk.js';
import { readLog, type ReadOptions } from './log-reader.js';
import { SegmentLog } from './segment-log.js';

const disk = new NodeDisk();
let directory: string;
let log: SegmentLog;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'inlet-spool-'));
  log = await SegmentLog.open({ directory, segmentBytes: 1_000, pendingBytes: 1e9 });
});

afterEach(async () => {
  await log.close();
  await rm(directory, { recursive: true });
});

const append = (from: number, to: number, bytes = 10) =>
  Promise.all(Array.from({ length: to - from + 1 }, (_, i) => log.append([[Buffer.from(String(from + i).padEnd(bytes))]])));

async function take(count: number, options: ReadOptions): Promise<number[]> {
  const found: number[] = [];
  for await (const { payload } of readLog(disk, directory, options)) {
    found.push(Number(payload.toString()));
    if (found.length === count) break;
  }
  return found;
}

const numbers = (from: number, to: number) => Array.from({ length: to - from + 1 }, (_, i) => from + i);

describe('reading a log', () => {
  it('begins at a sequence number, wherever its segment is', async () => {
    for (let i = 1; i <= 60; i++) await append(i, i);
    for (const sequence of [1, 2, 20, 21, 22, 23, 59, 60]) {
      expect(await take(100, { from: { sequence } })).toEqual(numbers(sequence, 60));
    }
    expect(await take(100, { from: { sequence: 61 } })).toEqual([]);
  });

  it('begins at a time', async () => {
    await append(1, 3);
    const time = Date.now() + 1;
    while (Date.now() < time) await new Promise((resolve) => setImmediate(resolve));
    await append(4, 5);
    expect(await take(100, { from: { time } })).toEqual([4, 5]);
  });

  it.each(['0000000000000000', 'ffffffffffffffff'])(
    'reads all segments that begin with one number, whichever comes first',
    async (marker) => {
      await append(1, 3);
      const [file] = (await readdir(directory)).filter((name) => name.endsWith('.seg'));
      // Of a write that failed; its deletion was not on the medium when the machine died.
      await writeFile(join(directory, `${file.slice(0, 17)}${marker}.seg`), '');
      expect(await take(100, {})).toEqual([1, 2, 3]);
      expect(await take(100, { from: { sequence: 2 } })).toEqual([2, 3]);
      expect(await take(100, { from: 'end' })).toEqual([]);
      const reading = take(6, { follow: true, pollMs: 2 });
      await append(4, 6);
      expect(await reading).toEqual(numbers(1, 6));
    },
  );

  it('never goes on to a new segment over records that were appended to the one before it meanwhile', async () => {
    class GrowingDisk extends NodeDisk {
      lists = 0;
      override async list(path: string): Promise<string[]> {
        const files = await super.list(path);
        // The first look is over, the second has seen no successor: now more is appended, and a new segment begun.
        if (++this.lists !== 2) return files;
        await append(6, 8);
        await append(9, 40);
        return files;
      }
    }
    await append(1, 5);
    const found: number[] = [];
    for await (const { payload } of readLog(new GrowingDisk(), directory)) found.push(Number(payload.toString()));
    expect(found).toEqual(numbers(1, 5));
  });

  it('follows the log through new segments while another hand writes it', async () => {
    await append(1, 5);
    const reading = take(400, { follow: true, pollMs: 2 });
    for (let i = 6; i <= 400; i += 5) await append(i, i + 4);
    expect(await reading).toEqual(numbers(1, 400));
  });

  it('follows from the end: only what comes afterwards', async () => {
    await append(1, 5);
    const reading = take(2, { from: 'end', follow: true, pollMs: 2 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    await append(6, 7);
    expect(await reading).toEqual([6, 7]);
  });

  it('waits for the directory’s first segment when it follows', async () => {
    const reading = take(1, { follow: true, pollMs: 2 });
    await append(1, 1);
    expect(await reading).toEqual([1]);
  });

  it('ends when its signal aborts', async () => {
    await append(1, 3);
    const stop = new AbortController();
    const found: number[] = [];
    for await (const { sequence } of readLog(disk, directory, { follow: true, signal: stop.signal, pollMs: 2 })) {
      found.push(sequence);
      if (sequence === 3) setImmediate(() => stop.abort());
    }
    expect(found).toEqual([1, 2, 3]);
  });

  it('survives that the segments it was about to read are deleted', async () => {
    for (let i = 1; i <= 100; i++) await append(i, i);
    const found: number[] = [];
    for await (const { sequence } of readLog(disk, directory)) {
      found.push(sequence);
      if (sequence !== 1) continue;
      const files = (await readdir(directory)).filter((file) => file.endsWith('.seg')).toSorted();
      for (const file of files.slice(0, 2)) await rm(join(directory, file));
    }
    // The open segment stays readable, the second one is gone, the third is read.
    expect(found.slice(0, 2)).toEqual([1, 2]);
    expect(found.at(-1)).toBe(100);
    expect(found).not.toContain(30);
  });

  it('finds the record behind damage when its marker lies across two windows', async () => {
    const windowBytes = 256 * 1024;
    await Promise.all([append(1, 1, windowBytes - 36 - 4), append(2, 2)]);
    const file = (await readdir(directory)).find((name) => name.endsWith('.seg')) ?? '';
    const bytes = await readFile(join(directory, file));
    bytes.writeUInt8(bytes.readUInt8(40 + 10) ^ 1, 40 + 10);
    await writeFile(join(directory, file), bytes);
    const damages: [number, number][] = [];
    expect(await take(100, { onDamage: ({ from, to }) => damages.push([from, to]) })).toEqual([2]);
    expect(damages).toEqual([[40, 40 + windowBytes - 4]]);
  });

  it('reads records that are larger than its window', async () => {
    await append(1, 1, 10);
    await append(2, 4, 700_000);
    await append(5, 5, 10);
    expect(await take(100, {})).toEqual([1, 2, 3, 4, 5]);
  });
});
