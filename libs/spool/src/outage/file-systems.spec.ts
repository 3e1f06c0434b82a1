import { afterEach, beforeEach, expect, it } from 'vitest';
import { FaultyDisk } from '../faulty-disk.js';
import type { FileSystem } from '../file-system.js';
import { OutageStage, store } from './outage-stage.js';

/** Says of itself what it is told to. */
class NamedDisk extends FaultyDisk {
  fileSystem: FileSystem = { kind: 'local', name: 'ext4' };

  override fileSystemOf(): Promise<FileSystem> {
    return Promise.resolve(this.fileSystem);
  }
}

let stage: OutageStage<NamedDisk>;
beforeEach(() => void (stage = new OutageStage(new NamedDisk())));
afterEach(() => stage.end());

it('stores nothing on a network file system, and says why', async () => {
  stage.disk.fileSystem = { kind: 'network', name: 'nfs' };
  const spool = await stage.aSpool();
  expect(spool.detail()).toMatchObject({ isOpen: false, lastError: expect.stringMatching(/network file system \(nfs\)/) as string });
  expect((await store(spool, 0, ['a'])).get(0)).toBe('closed');
});

it('promises less of what is in memory', async () => {
  stage.disk.fileSystem = { kind: 'memory', name: 'tmpfs' };
  const spool = await stage.aSpool();
  expect(spool.ack).toBe('spool-ephemeral');
  expect((await store(spool, 0, ['a'])).size).toBe(0);
});
