import { basename, dirname } from 'node:path';
import type { SeededRandom } from '@app/testing';
import { SimulatedFile, systemError } from './simulated-file.js';

type Entries = Map<string, SimulatedFile>;
/** A change of a directory that nobody has synced. */
type Change = (durable: Entries) => void;

interface Folder {
  readonly entries: Entries;
  durable: Entries;
  changes: Change[];
}

/** Files in memory, in the system's view and in that after a loss of power. Outlives processes. */
export class SimulatedMedium {
  readonly #folders = new Map<string, Folder>();
  /** Bytes of all files that fit. */
  capacity = Infinity;
  /** Who holds which directory. */
  readonly locks = new Map<string, object>();

  constructor(private readonly random: SeededRandom) {}

  makeDirectory(path: string): void {
    for (let at = path; !this.#folders.has(at); at = dirname(at)) {
      this.#folders.set(at, { entries: new Map(), durable: new Map(), changes: [] });
      if (at === dirname(at)) break;
    }
  }

  list(path: string): string[] {
    const files = [...this.#folder(path, 'scandir').entries.keys()];
    const folders = [...this.#folders.keys()].filter((name) => name !== path && dirname(name) === path).map((name) => basename(name));
    return [...files, ...folders].toSorted();
  }

  find(path: string, call = 'open'): SimulatedFile {
    const file = this.#folder(dirname(path), call).entries.get(basename(path));
    if (file === undefined) throw systemError('ENOENT', call);
    return file;
  }

  create(path: string, now: number): SimulatedFile {
    const [folder, name] = [this.#folder(dirname(path), 'open'), basename(path)];
    if (folder.entries.has(name)) throw systemError('EEXIST', 'open');
    const file = new SimulatedFile(path);
    file.mtimeMs = now;
    folder.entries.set(name, file);
    folder.changes.push((durable) => void durable.set(name, file));
    return file;
  }

  remove(path: string): void {
    const [folder, name] = [this.#folders.get(dirname(path)), basename(path)];
    if (folder === undefined || !folder.entries.delete(name)) return;
    folder.changes.push((durable) => void durable.delete(name));
  }

  /** Within a directory. */
  rename(path: string, to: string): void {
    const file = this.find(path, 'rename');
    const [folder, from, name] = [this.#folder(dirname(path), 'rename'), basename(path), basename(to)];
    folder.entries.delete(from);
    folder.entries.set(name, file);
    folder.changes.push((durable) => {
      durable.delete(from);
      durable.set(name, file);
    });
  }

  syncDirectory(path: string): void {
    const folder = this.#folder(path, 'fsync');
    folder.durable = new Map(folder.entries);
    folder.changes = [];
  }

  /** Throws `ENOSPC` when so many bytes more do not fit; what still fits is told. */
  roomFor(bytes: number): number {
    if (this.capacity === Infinity) return bytes;
    let used = 0;
    for (const file of this.files()) used += file.size;
    return Math.max(0, Math.min(bytes, this.capacity - used));
  }

  *files(): Generator<SimulatedFile> {
    for (const { entries } of this.#folders.values()) yield* entries.values();
  }

  /** The machine dies: of what was not synced some is there and some is not, of directories too. */
  losePower(): void {
    for (const folder of this.#folders.values()) {
      for (const change of folder.changes) if (this.random.chance(0.5)) change(folder.durable);
      folder.changes = [];
      folder.entries.clear();
      for (const [name, file] of folder.durable) folder.entries.set(name, file);
    }
    for (const file of new Set(this.files())) file.losePower(this.random);
  }

  #folder(path: string, call: string): Folder {
    const folder = this.#folders.get(path);
    if (folder === undefined) throw systemError('ENOENT', call);
    return folder;
  }
}
