import { join } from 'node:path';
import type { Disk } from '../disk.js';
import { reasonOf, StorageError } from '../storage-error.js';
import { moveReturned } from './foreign-segments.js';
import { Slot, type SlotOptions } from './slot.js';

const SLOT_NAME = /^slot-(\d{1,6})$/;

/** Those in the directory of a spool, in the order of their numbers. */
export async function slotNames(disk: Disk, root: string): Promise<string[]> {
  const names = (await disk.list(root)).filter((name) => SLOT_NAME.test(name));
  return names.toSorted((a, b) => numberOf(a) - numberOf(b));
}

function numberOf(name: string): number {
  return Number(SLOT_NAME.exec(name)?.[1]);
}

/**
 * The directories of the spool: each belongs to one process at a time, by the kernel's lock. A process takes those that
 * nobody holds, so that what a dead one left is drained by whoever comes next.
 */
export class Slots {
  constructor(
    private readonly root: string,
    private readonly options: Omit<SlotOptions, 'directory'>,
  ) {}

  /** @throws StorageError `open` when not even one can be had */
  async claim(): Promise<{ own: Slot; others: Slot[] }> {
    await this.#moveReturned(await this.#names());
    const names = await this.#names();
    const claimed: Slot[] = [];
    for (const name of names) {
      const slot = await this.#tryOpen(name);
      if (slot !== undefined) claimed.push(slot);
    }
    // The newest is the last in order, so it is this one or a new one.
    const own = claimed.at(-1)?.isClosedToNew === false ? claimed.pop()! : await this.#create(names);
    // Empty ones are left to the next process that starts beside this one, or each start of several would make one more.
    const others: Slot[] = [];
    for (const slot of claimed) {
      if (slot.isEmpty) await slot.close();
      else others.push(slot);
    }
    return { own, others };
  }

  /** Those of processes that have died since. */
  async adopt(held: readonly Slot[]): Promise<Slot[]> {
    const ours = new Set(held.map(({ directory }) => directory));
    const others = async () => (await this.#names()).filter((name) => !ours.has(join(this.root, name)));
    await this.#moveReturned(await others());
    const names = await others();
    const adopted: Slot[] = [];
    for (const name of names) {
      const slot = await this.#tryOpen(name);
      if (slot === undefined) continue;
      // Most slots of dead processes are empty: nothing to do, and the next process may want them.
      if (slot.isEmpty) await slot.close();
      else adopted.push(slot);
    }
    return adopted;
  }

  /** What a newer release stored, and an older one passed by, is ours again after the way forward. */
  async #moveReturned(names: readonly string[]): Promise<void> {
    const { disk, notice } = this.options;
    for (const name of names) {
      const source = join(this.root, name);
      const target = join(this.root, `slot-${numberOf((await this.#names()).at(-1)!) + 1}`);
      try {
        if (await moveReturned(disk, source, target))
          notice?.(`${source}: what another release stored can be read again: drained from ${target}`);
      } catch (error) {
        const isLocked = error instanceof StorageError && error.code === 'locked';
        if (!isLocked) notice?.(`${source}: segments of another release, if there are any, are left alone: ${reasonOf(error)}`);
      }
    }
  }

  async #create(taken: readonly string[]): Promise<Slot> {
    for (let n = 0; ; n++) {
      const name = `slot-${n}`;
      if (taken.includes(name)) continue;
      const slot = await this.#tryOpen(name, true);
      if (slot !== undefined) return slot;
    }
  }

  /** Undefined when another process holds it; one that cannot be used is left as it is, and said so by the log. */
  async #tryOpen(name: string, isNeeded = false): Promise<Slot | undefined> {
    const directory = join(this.root, name);
    try {
      return await Slot.open({ ...this.options, directory });
    } catch (error) {
      const isLocked = error instanceof StorageError && error.code === 'locked';
      if (isNeeded && !isLocked) throw error;
      if (!isLocked) this.options.notice?.(`${directory} is left alone: ${(error as Error).message}`);
      return undefined;
    }
  }

  async #names(): Promise<string[]> {
    await this.options.disk.makeDirectory(this.root);
    return slotNames(this.options.disk, this.root);
  }
}
