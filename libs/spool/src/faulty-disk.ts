import { basename } from 'node:path';
import { NodeDisk, type DiskFile } from './disk.js';

/** A real disk for specs that counts its operations and fails on demand, in the ways disks fail. */
export class FaultyDisk extends NodeDisk {
  writes = 0;
  /** Bytes, of those that went in. */
  largestWrite = 0;
  syncs = 0;
  /** Operations on a file whose fdatasync failed before: each one would be a retry of what must not be retried. */
  syncsAfterFailure = 0;
  /** In their order: `create`, `write`, `sync` with the file's name, `syncDirectory`. */
  readonly operations: string[] = [];
  /** Reads of these bytes, the last one not included, fail with EIO. */
  isUnreadable: (path: string, from: number, to: number) => boolean = () => false;
  private writeError: string | undefined;
  private syncError: string | undefined;
  private syncFailures = 0;
  private hold: Promise<void> | undefined;
  private entered = Promise.withResolvers<void>();

  failWrites(code: string): void {
    this.writeError = code;
  }

  failSync(code: string, times: number): void {
    this.syncError = code;
    this.syncFailures = times;
  }

  heal(): void {
    this.writeError = undefined;
    this.syncFailures = 0;
  }

  /** The next fdatasync waits for the returned function. */
  holdSync(): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.hold = promise;
    this.entered = Promise.withResolvers<void>();
    return resolve;
  }

  syncEntered(): Promise<void> {
    return this.entered.promise;
  }

  override async syncDirectory(path: string): Promise<void> {
    await super.syncDirectory(path);
    this.operations.push('syncDirectory');
  }

  override async openForReading(path: string): Promise<DiskFile> {
    const file = await super.openForReading(path);
    const failing = () => Promise.reject(Object.assign(new Error('EIO: i/o error, read'), { code: 'EIO' }));
    return {
      write: (bytes, position) => file.write(bytes, position),
      sync: () => file.sync(),
      read: (target, position) => (this.isUnreadable(path, position, position + target.length) ? failing() : file.read(target, position)),
      stat: () => file.stat(),
      close: () => file.close(),
    };
  }

  override async create(path: string): Promise<DiskFile> {
    const file = await super.create(path);
    let isDead = false;
    const name = basename(path);
    this.operations.push(`create ${name}`);
    return {
      write: async (bytes, position) => {
        this.writes++;
        if (isDead) this.syncsAfterFailure++;
        const code = this.writeError;
        if (code) {
          // As a filling disk does it: some of it still goes in.
          await file.write(bytes.subarray(0, Math.min(3, bytes.length)), position);
          throw Object.assign(new Error(`${code}: write refused`), { code });
        }
        await file.write(bytes, position);
        this.largestWrite = Math.max(this.largestWrite, bytes.length);
        this.operations.push(`write ${name}`);
      },
      sync: async () => {
        this.syncs++;
        if (isDead) this.syncsAfterFailure++;
        this.entered.resolve();
        await this.hold;
        this.hold = undefined;
        if (this.syncFailures > 0) {
          this.syncFailures--;
          isDead = true;
          throw Object.assign(new Error(`${this.syncError}: fdatasync failed`), { code: this.syncError });
        }
        await file.sync();
        this.operations.push(`sync ${name}`);
      },
      read: (target, position) => file.read(target, position),
      stat: () => file.stat(),
      close: () => file.close(),
    };
  }
}
