import { afterEach, beforeEach, expect, it } from 'vitest';
import type { DiskFile } from '../disk.js';
import { FaultyDisk } from '../faulty-disk.js';
import { drained, OutageStage, store } from './outage-stage.js';

/** Takes events, but no cursor. */
class CursorlessDisk extends FaultyDisk {
  isWell = false;

  override create(path: string): Promise<DiskFile> {
    if (this.isWell || !path.includes('cursor.json')) return super.create(path);
    return Promise.reject(Object.assign(new Error('EIO: i/o error, open'), { code: 'EIO' }));
  }
}

let stage: OutageStage<CursorlessDisk>;
beforeEach(() => {
  stage = new OutageStage(new CursorlessDisk());
});
afterEach(() => stage.end());

it('saves how far it came when the disk is well again, although nothing waits any more, and then says no more that it fails', async () => {
  const spool = await stage.aSpool();
  await store(spool, 0, ['a']);
  await drained(spool);
  await expect.poll(() => spool.detail().lastError).toMatch(/^EIO/);
  stage.disk.isWell = true;
  await expect.poll(() => spool.detail().lastError, { timeout: 5000 }).toBeUndefined();
});
