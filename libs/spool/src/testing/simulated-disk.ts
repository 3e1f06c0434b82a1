import type { Owner, SeededRandom, VirtualTime } from '@app/testing';
import { Disk, type DiskFile, type HeldDirectory } from '../disk.js';
import type { FileSystem } from '../file-system.js';
import { StorageError } from '../storage-error.js';
import { systemError, type SimulatedFile } from './simulated-file.js';
import type { SimulatedMedium } from './simulated-medium.js';

/** How the disk is at the moment, for whoever uses it. */
export class DiskTroubles {
  /** Operations take so many times as long. */
  slowness = 1;
  /** Nothing comes back. */
  isHanging = false;
  /** Codes with which an operation fails, now and then. */
  writeError: string | undefined;
  syncError: string | undefined;
  readError: string | undefined;
  /** Files that are not given back, each time. */
  unreadable: RegExp | undefined;
  /** How often is now and then. */
  errorChance = 0.5;
}

interface Operation {
  readonly what: string;
  /** What it does to the medium. `isCut`: the process died meanwhile, so that only some of it may be done. */
  readonly effect: (isCut: boolean) => unknown;
  readonly resolve: (result: never) => void;
  readonly reject: (error: Error) => void;
}

/**
 * One process's way to a `SimulatedMedium`. Each operation takes virtual time and has its effect at its end; when the
 * process dies, what is under way is done, half done or not done at all, and never comes back.
 */
export class SimulatedDisk extends Disk {
  readonly #underWay = new Set<Operation>();
  #stuck: Operation[] = [];

  constructor(
    readonly medium: SimulatedMedium,
    private readonly troubles: DiskTroubles,
    private readonly time: VirtualTime,
    private readonly random: SeededRandom,
    private readonly owner: Owner,
    private readonly trace: (line: string) => void = () => undefined,
  ) {
    super();
  }

  makeDirectory(path: string): Promise<void> {
    return this.#run(`mkdir ${path}`, () => this.medium.makeDirectory(path));
  }

  list(directory: string): Promise<string[]> {
    return this.#run(`list ${directory}`, () => this.medium.list(directory));
  }

  async create(path: string): Promise<DiskFile> {
    const file = await this.#run(`create ${path}`, () => this.medium.create(path, this.time.now()));
    return this.#open(file, path);
  }

  async openForReading(path: string): Promise<DiskFile> {
    return this.#open(await this.#run(`open ${path}`, () => this.medium.find(path)), path);
  }

  truncate(path: string, bytes: number): Promise<void> {
    return this.#run(`truncate ${path} ${bytes}`, () => {
      const file = this.medium.find(path);
      file.truncate(bytes);
      file.sync();
    });
  }

  remove(path: string): Promise<void> {
    return this.#run(`remove ${path}`, () => this.medium.remove(path));
  }

  rename(path: string, to: string): Promise<void> {
    return this.#run(`rename ${path}`, () => this.medium.rename(path, to));
  }

  syncDirectory(path: string): Promise<void> {
    return this.#run(`syncDirectory ${path}`, () => {
      this.#perhaps(this.troubles.syncError, 'fsync');
      this.medium.syncDirectory(path);
    });
  }

  lock(directory: string): HeldDirectory {
    const { locks } = this.medium;
    if (locks.has(directory)) throw new StorageError('locked', `${directory} is in use by another process`);
    locks.set(directory, this);
    return { release: () => void (locks.get(directory) === this && locks.delete(directory)) };
  }

  fileSystemOf(): Promise<FileSystem> {
    return Promise.resolve({ kind: 'local', name: 'simulated' });
  }

  randomBytes(count: number): Buffer {
    return Buffer.from(Array.from({ length: count }, () => this.random.int(256)));
  }

  /** The disk answers again. */
  unhang(): void {
    for (const operation of this.#stuck.splice(0)) this.#schedule(operation);
  }

  /** The process is dead: what was under way is done or not. */
  kill(): void {
    const cut = [...this.#underWay, ...this.#stuck.splice(0)];
    this.#underWay.clear();
    for (const { effect } of cut) {
      if (this.random.chance(0.5)) continue;
      try {
        effect(true);
      } catch {
        // Nobody is left to be told.
      }
    }
    for (const [directory, holder] of this.medium.locks) if (holder === this) this.medium.locks.delete(directory);
  }

  #open(file: SimulatedFile, path: string): DiskFile {
    return {
      write: (bytes, position) =>
        this.#run(`write ${file.name} ${bytes.length}@${position}`, (isCut) => this.#write(file, bytes, position, isCut)),
      sync: () =>
        this.#run(`sync ${file.name}`, () => {
          if (this.#isDue(this.troubles.syncError)) {
            file.failSync();
            throw systemError(this.troubles.syncError!, 'fdatasync');
          }
          file.sync();
        }),
      read: (target, position) =>
        this.#run(`read ${path} @${position}`, () => {
          if (this.troubles.unreadable?.test(path)) throw systemError('EIO', 'read');
          this.#perhaps(this.troubles.readError, 'read');
          return file.read(target, position);
        }),
      stat: () => this.#run(`stat ${file.name}`, () => ({ size: file.size, mtimeMs: file.mtimeMs })),
      close: () => Promise.resolve(),
    };
  }

  #write(file: SimulatedFile, bytes: Buffer, position: number, isCut: boolean): void {
    const code = this.#isDue(this.troubles.writeError) ? this.troubles.writeError : undefined;
    const fitting = this.medium.roomFor(bytes.length);
    const isTorn = isCut || code !== undefined;
    const done = isTorn ? this.random.int(bytes.length + 1) : fitting;
    if (done > 0) file.write(bytes.subarray(0, Math.min(done, fitting)), position, this.time.now());
    if (code !== undefined) throw systemError(code, 'write');
    if (fitting < bytes.length) throw systemError('ENOSPC', 'write');
  }

  #perhaps(code: string | undefined, call: string): void {
    if (code !== undefined && this.#isDue(code)) throw systemError(code, call);
  }

  #isDue(code: string | undefined): boolean {
    return code !== undefined && this.random.chance(this.troubles.errorChance);
  }

  #run<T>(what: string, effect: (isCut: boolean) => T): Promise<T> {
    const { promise, resolve, reject } = Promise.withResolvers<T>();
    this.#schedule({ what, effect, resolve, reject });
    return promise;
  }

  #schedule(operation: Operation): void {
    this.#underWay.add(operation);
    const ms = (0.05 + this.random.next() * 2) * this.troubles.slowness;
    this.time.after(ms, () => this.#end(operation), this.owner);
  }

  #end(operation: Operation): void {
    this.#underWay.delete(operation);
    if (this.troubles.isHanging) {
      this.#stuck.push(operation);
      return;
    }
    const { what, effect, resolve, reject } = operation;
    try {
      const result = effect(false) as never;
      this.trace(what);
      resolve(result);
    } catch (error) {
      this.trace(`${what}: ${(error as Error).message}`);
      reject(error as Error);
    }
  }
}
