import { join } from 'node:path';
import { NodeDisk } from '../disk.js';
import { reasonOf, StorageError } from '../storage-error.js';
import { Parked } from './parked.js';
import { Slot } from './slot.js';
import { slotNames } from './slots.js';

/** A slot of the spool as somebody finds it who does not live in it. */
export type SlotReport =
  /** A process has it, and will drain it. */
  | { readonly slot: string; readonly state: 'held'; readonly parked: number }
  | { readonly slot: string; readonly state: 'unreadable'; readonly parked: number; readonly reason: string }
  /**
   * @property waiting messages that no broker has taken
   * @property parked messages that nobody takes: they wait for an operator
   */
  | { readonly slot: string; readonly state: 'free'; readonly parked: number; readonly waiting: number };

/**
 * What lies in a directory of the spool. Each free slot is locked while it is read, so that nobody drains it meanwhile; an
 * unfinished last write is cut off, as at every open. Without the directory, or in an empty one: nothing, and none is made.
 */
export async function surveySpool(directory: string): Promise<SlotReport[]> {
  const disk = new NodeDisk();
  const names = await slotNames(disk, directory).catch(() => []);
  const reports: SlotReport[] = [];
  for (const slot of names) reports.push(await look(slot, join(directory, slot), disk));
  return reports;
}

async function look(slot: string, directory: string, disk: NodeDisk): Promise<SlotReport> {
  const aside = new Parked(directory, { disk });
  await aside.count().catch(() => undefined);
  const parked = aside.events;
  try {
    // Nothing is appended: the two sizes do not matter.
    const open = await Slot.open({ directory, disk, segmentBytes: 1, pendingBytes: 1 });
    try {
      await open.count(() => {}, new AbortController().signal);
    } finally {
      await open.close();
    }
    return { slot, state: 'free', parked, waiting: open.waiting };
  } catch (error) {
    if (error instanceof StorageError && error.code === 'locked') return { slot, state: 'held', parked };
    return { slot, state: 'unreadable', parked, reason: reasonOf(error) };
  }
}
