import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { FaultyDisk } from '../faulty-disk.js';
import { DrainCursor } from './drain-cursor.js';

let directory: string;
beforeEach(() => void (directory = mkdtempSync(join(tmpdir(), 'inlet-cursor-'))));
afterEach(() => rmSync(directory, { recursive: true, force: true }));

describe('DrainCursor', () => {
  it('is found as it was saved', async () => {
    const disk = new FaultyDisk();
    const saved = new DrainCursor(disk, directory);
    saved.next = 100;
    saved.behind.set('events/0', 7);
    saved.partitions.set('events', 8);
    saved.passBy('0000000000000100-0000000000000000.seg');
    saved.untold = 5;
    await saved.save(false);
    const found = new DrainCursor(disk, directory);
    await found.load();
    expect(found).toMatchObject({ next: 100, behind: saved.behind, partitions: saved.partitions, foreign: saved.foreign, untold: 5 });
  });

  it('is on the medium before it takes the old one’s place, when it is to outlive the machine', async () => {
    const disk = new FaultyDisk();
    const syncsAtRename: number[] = [];
    const rename = disk.rename.bind(disk);
    disk.rename = (path, to) => {
      syncsAtRename.push(disk.syncs);
      return rename(path, to);
    };
    const cursor = new DrainCursor(disk, directory);
    await cursor.save(false);
    await cursor.save(true);
    expect(syncsAtRename).toEqual([0, 1]);
  });
});
