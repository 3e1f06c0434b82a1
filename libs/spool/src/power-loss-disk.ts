import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { NodeDisk, type DiskFile } from './disk.js';

/** A file, whatever its names are: of its bytes those surely survive that it had at its last fdatasync. */
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
  /** So many operations still succeed; then it is off. */
  operationsLeft = Infinity;

  #step(): void {
    if (this.operationsLeft-- <= 0) throw new Error('EIO: the power is gone');
  }

  override async create(path: string): Promise<DiskFile> {
    this.#step();
    const file = await super.create(path);
    const inode: Inode = { synced: Buffer.alloc(0) };
    this.#names.set(resolve(path), inode);
    return {
      write: async (bytes, position) => {
        this.#step();
        await file.write(bytes, position);
      },
      sync: async () => {
        this.#step();
        await file.sync();
        inode.synced = this.#bytesOf(inode);
      },
      read: (target, position) => file.read(target, position),
      stat: () => file.stat(),
      close: () => file.close(),
    };
  }

  override async truncate(path: string, bytes: number): Promise<void> {
    this.#step();
    await super.truncate(path, bytes);
    const inode = this.#names.get(resolve(path));
    if (inode) inode.synced = this.#bytesOf(inode);
  }

  override async rename(path: string, to: string): Promise<void> {
    this.#step();
    await super.rename(path, to);
    const inode = this.#names.get(resolve(path));
    this.#names.delete(resolve(path));
    if (inode) this.#names.set(resolve(to), inode);
  }

  override async remove(path: string): Promise<void> {
    this.#step();
    await super.remove(path);
    this.#names.delete(resolve(path));
  }

  override async syncDirectory(path: string): Promise<void> {
    this.#step();
    await super.syncDirectory(path);
    for (const name of this.#durableNames.keys())
      if (dirname(name) === resolve(path) && !this.#names.has(name)) this.#durableNames.delete(name);
    for (const [name, inode] of this.#names) if (dirname(name) === resolve(path)) this.#durableNames.set(name, inode);
  }

  /**
   * What the next process finds. Nothing may be open.
   *
   * @param random between 0 and 1: what was not synced survives by chance, as of a disk that was just about to write it; without
   *   it nothing of that does
   */
  losePower(random: () => number = () => 1): void {
    const names = new Map<string, Inode>();
    for (const name of new Set([...this.#names.keys(), ...this.#durableNames.keys()])) {
      const [now, durable] = [this.#names.get(name), this.#durableNames.get(name)];
      const inode = now === durable || random() >= 0.5 ? durable : now;
      if (inode) names.set(name, inode);
    }
    const contents = new Map([...names.values()].map((inode) => [inode, this.#remains(inode, random)]));
    for (const path of this.#names.keys()) rmSync(path, { force: true });
    this.#names.clear();
    this.#durableNames.clear();
    for (const [path, inode] of names) {
      inode.synced = contents.get(inode)!;
      writeFileSync(path, inode.synced, { mode: 0o600 });
      this.#names.set(path, inode);
      this.#durableNames.set(path, inode);
    }
    this.operationsLeft = Infinity;
  }

  #remains(inode: Inode, random: () => number): Buffer {
    const now = this.#bytesOf(inode);
    if (random() >= 0.5 || now.length <= inode.synced.length) return inode.synced;
    return now.subarray(0, inode.synced.length + Math.floor(random() * (now.length - inode.synced.length + 1)));
  }

  #bytesOf(inode: Inode): Buffer {
    for (const [path, one] of this.#names) if (one === inode && existsSync(path)) return readFileSync(path);
    return Buffer.alloc(0);
  }
}
