import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { NodeDisk, type DiskFile } from './disk.js';

/** A file, whatever its names are: of its bytes those survive that it had at its last fdatasync. */
interface Inode {
  synced: Buffer;
}

/**
 * A real disk for specs that can lose its power: gone is then what was not synced, bytes as well as names. It is as forgetful as
 * POSIX allows; file systems remember more.
 */
export class PowerLossDisk extends NodeDisk {
  readonly #names = new Map<string, Inode>();
  readonly #durableNames = new Map<string, Inode>();

  override async create(path: string): Promise<DiskFile> {
    const file = await super.create(path);
    const inode: Inode = { synced: Buffer.alloc(0) };
    this.#names.set(resolve(path), inode);
    return {
      write: (bytes, position) => file.write(bytes, position),
      sync: async () => {
        await file.sync();
        inode.synced = this.#bytesOf(inode);
      },
      read: (target, position) => file.read(target, position),
      stat: () => file.stat(),
      close: () => file.close(),
    };
  }

  override async truncate(path: string, bytes: number): Promise<void> {
    await super.truncate(path, bytes);
    const inode = this.#names.get(resolve(path));
    if (inode) inode.synced = this.#bytesOf(inode);
  }

  override async rename(path: string, to: string): Promise<void> {
    await super.rename(path, to);
    const inode = this.#names.get(resolve(path));
    this.#names.delete(resolve(path));
    if (inode) this.#names.set(resolve(to), inode);
  }

  override async remove(path: string): Promise<void> {
    await super.remove(path);
    this.#names.delete(resolve(path));
  }

  override async syncDirectory(path: string): Promise<void> {
    await super.syncDirectory(path);
    for (const name of this.#durableNames.keys())
      if (dirname(name) === resolve(path) && !this.#names.has(name)) this.#durableNames.delete(name);
    for (const [name, inode] of this.#names) if (dirname(name) === resolve(path)) this.#durableNames.set(name, inode);
  }

  /** What the next process finds. Nothing may be open. */
  losePower(): void {
    for (const path of this.#names.keys()) rmSync(path, { force: true });
    this.#names.clear();
    for (const [path, inode] of this.#durableNames) {
      writeFileSync(path, inode.synced, { mode: 0o600 });
      this.#names.set(path, inode);
    }
  }

  #bytesOf(inode: Inode): Buffer {
    for (const [path, one] of this.#names) if (one === inode) return readFileSync(join(path));
    return Buffer.alloc(0);
  }
}
