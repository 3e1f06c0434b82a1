import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** A file system of its own size, in memory. Needs root on Linux. */
export class SmallDisk {
  readonly folder = mkdtempSync(join(tmpdir(), 'inlet-chaos-disk-'));

  constructor(mib: number) {
    execFileSync('mount', ['-t', 'tmpfs', '-o', `size=${mib}m`, 'inlet-chaos', this.folder]);
  }

  /** Takes room away. */
  fill(mib: number): void {
    writeFileSync(join(this.folder, 'ballast'), Buffer.alloc(mib << 20));
  }

  /** Gives it back. */
  clear(): void {
    rmSync(join(this.folder, 'ballast'), { force: true });
  }

  makeReadOnly(): void {
    execFileSync('mount', ['-o', 'remount,ro', this.folder]);
  }

  makeWritable(): void {
    execFileSync('mount', ['-o', 'remount,rw', this.folder]);
  }

  remove(): void {
    execFileSync('umount', ['-l', this.folder]);
    rmSync(this.folder, { recursive: true, force: true });
  }
}
