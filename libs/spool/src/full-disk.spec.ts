import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SegmentLog } from './segment-log.js';

function mountSmallDisk(path: string): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', path], { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

const probe = mkdtempSync(join(tmpdir(), 'inlet-mount-'));
const canMount = mountSmallDisk(probe);
if (canMount) execFileSync('umount', [probe]);
rmSync(probe, { recursive: true });

// Skipped (and counted as such) where specs may not mount a file system: it takes root on Linux.
describe.skipIf(!canMount)('SegmentLog on a real disk of one mebibyte', () => {
  let disk: string;
  let log: SegmentLog | undefined;
  const open = () => SegmentLog.open({ directory: join(disk, 'log'), segmentBytes: 100_000, pendingBytes: 1e9 });
  const fillUp = async () => {
    const stored: string[] = [];
    for (let i = 0; i < 2_000; i++) {
      const text = `event-${i} `.padEnd(3_000, '.');
      try {
        await log!.append([[Buffer.from(text)]]);
        stored.push(text);
      } catch {
        return stored;
      }
    }
    throw new Error('the disk never was full');
  };

  beforeEach(() => {
    disk = mkdtempSync(join(tmpdir(), 'inlet-full-disk-'));
    mountSmallDisk(disk);
  });

  afterEach(async () => {
    await log?.close();
    execFileSync('umount', [disk]);
    rmSync(disk, { recursive: true });
  });

  it('refuses when it is full, keeps every acknowledged event, and stores again when space returns', async () => {
    writeFileSync(join(disk, 'ballast'), Buffer.alloc(500_000));
    log = await open();
    const stored = await fillUp();
    expect(log.stats().failure).toContain('ENOSPC');
    await expect(log.append([[Buffer.alloc(3_000)]])).rejects.toMatchObject({ code: 'write' });
    rmSync(join(disk, 'ballast'));
    await log.append([[Buffer.from('after')]]);
    const found: string[] = [];
    for await (const { payload } of log.read()) found.push(payload.toString());
    expect(found).toEqual([...stored, 'after']);
  });

  it('is well again without a request once there is space', async () => {
    writeFileSync(join(disk, 'ballast'), Buffer.alloc(500_000));
    log = await open();
    await fillUp();
    expect(log.stats().failure).toContain('ENOSPC');
    rmSync(join(disk, 'ballast'));
    await expect.poll(() => log!.stats().failure, { timeout: 20_000 }).toBeUndefined();
  });

  it('opens on a disk that is full already', async () => {
    log = await open();
    const stored = await fillUp();
    await log.close();
    expect(() => writeFileSync(join(disk, 'rest'), Buffer.alloc(1_000_000))).toThrow('ENOSPC');
    log = await open();
    await log.inspected;
    expect(log.stats().events).toBe(stored.length);
    await expect(log.append([[Buffer.alloc(3_000)]])).rejects.toMatchObject({ code: 'write' });
  });
});
