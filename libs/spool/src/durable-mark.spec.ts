import { cp, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultyDisk } from './faulty-disk.js';
import { readLog, type ReadOptions } from './log-reader.js';
import { SegmentLog } from './segment-log.js';

let root: string;
let directory: string;
let disk: FaultyDisk;
let log: SegmentLog;

const open = async () => (log = await SegmentLog.open({ directory, disk, segmentBytes: 1e6, pendingBytes: 1e6, isReadByOthers: true }));
const append = (text: string) => log.append([[Buffer.from(text)]]);

async function read(options: ReadOptions = {}): Promise<string[]> {
  const found: string[] = [];
  for await (const { payload } of readLog(disk, directory, options)) found.push(payload.toString());
  return found;
}

describe('a log that others read', () => {
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'inlet-durable-'));
    directory = join(root, 'log');
    disk = new FaultyDisk();
    await open();
  });
  afterEach(async () => {
    await log.close();
    await rm(root, { recursive: true });
  });

  it('shows nothing that is written but not durable yet', async () => {
    await append('a');
    const go = disk.holdSync();
    const stored = append('b');
    await disk.syncEntered();
    expect(await read()).toEqual(['a']);
    go();
    await stored;
    expect(await read()).toEqual(['a', 'b']);
  });

  it('shows it to a follower as soon as it is', async () => {
    await append('a');
    const go = disk.holdSync();
    const stored = append('b');
    await disk.syncEntered();
    const end = new AbortController();
    const found: string[] = [];
    const following = (async () => {
      for await (const { payload } of readLog(disk, directory, { follow: true, pollMs: 1, signal: end.signal })) {
        found.push(payload.toString());
        if (found.length === 3) end.abort();
      }
    })();
    await new Promise((resolve) => setTimeout(resolve, 30));
    expect(found).toEqual(['a']);
    go();
    await stored;
    await append('c');
    await following;
    expect(found).toEqual(['a', 'b', 'c']);
  });

  it('gives numbers of a group that failed to others after a restart, and no reader is past them', async () => {
    await append('a');
    const go = disk.holdSync();
    const failing = append('b');
    await disk.syncEntered();
    disk.failSync('ENOSPC', 9);
    let place = 0;
    for await (const { sequence } of readLog(disk, directory)) place = sequence;
    for await (const { sequence } of readLog(disk, directory, { from: 'end' })) place = sequence;
    go();
    await expect(failing).rejects.toThrow('ENOSPC');
    await log.close();
    disk.heal();
    await open();
    await append('c');
    expect(await read({ from: { sequence: place + 1 } })).toEqual(['c']);
  });

  it('shows what a process left that was killed, once the log is open again', async () => {
    await append('a');
    const go = disk.holdSync();
    const stored = append('b');
    await disk.syncEntered();
    const killed = join(root, 'killed');
    await cp(directory, killed, { recursive: true });
    go();
    await stored;
    await log.close();
    directory = killed;
    expect(await read()).toEqual(['a']);
    await open();
    expect(await read()).toEqual(['a', 'b']);
  });

  it('keeps readers waiting while the mark cannot be written, and tells them later', async () => {
    await append('a');
    await log.close();
    const create = disk.create.bind(disk);
    disk.create = (path) => (path.endsWith('durable.new') ? Promise.reject(new Error('ENOSPC')) : create(path));
    for (const text of ['b', 'c']) {
      await open();
      await append(text);
      expect(await read()).toEqual(['a']);
      await log.close();
    }
    disk.create = create;
    await open();
    expect(await read()).toEqual(['a', 'b', 'c']);
  });

  it.each([
    ['is not there: an older release writes', undefined],
    ['was lost with the power', Buffer.alloc(16)],
  ])('shows all there is where the mark %s', async (_, content) => {
    await append('a');
    await log.close();
    if (content === undefined) await rm(join(directory, 'durable'));
    else await writeFile(join(directory, 'durable'), content);
    expect(await read()).toEqual(['a']);
  });
});
