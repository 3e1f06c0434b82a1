import { NodeDisk, type DiskFile } from './disk.js';

/** A real disk for specs that counts its operations and fails on demand, in the ways disks fail. */
export class FaultyDisk extends NodeDisk {
  writes = 0;
  syncs = 0;
  /** Operations on a file whose fdatasync failed before: each one would be a retry of what must not be retried. */
  syncsAfterFailure = 0;
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

  override async create(path: string): Promise<DiskFile> {
    const file = await super.create(path);
    let isDead = false;
    return {
      write: async (bytes, position) => {
        this.writes++;
        if (isDead) this.syncsAfterFailure++;
        if (this.writeError) {
          // As a filling disk does it: some of it still goes in.
          await file.write(bytes.subarray(0, Math.min(3, bytes.length)), position);
          throw Object.assign(new Error(`${this.writeError}: write refused`), { code: this.writeError });
        }
        await file.write(bytes, position);
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
      },
      read: (target, position) => file.read(target, position),
      stat: () => file.stat(),
      close: () => file.close(),
    };
  }
}
