import { join } from 'node:path';
import type { ProducedMessage, StoreRefusals } from '@app/kafka';
import { NodeDisk } from '../disk.js';
import type { SegmentLog } from '../segment-log.js';
import { openParked, parkedFolder } from './parked.js';
import { slotNames } from './slots.js';
import { decode } from './spooled-message.js';

/** Where released messages go: `OutageSpool.store`. */
export type Release = (topic: string, partition: undefined, messages: readonly ProducedMessage[]) => Promise<StoreRefusals>;

/**
 * Hands all parked messages of a spool back to it, in the order in which they were parked; a gateway may live there.
 * A file of theirs is deleted when every message of it is stored again: after a crash some come twice.
 *
 * @throws StorageError `locked` while one is being parked
 */
export const releaseParked = (directory: string, release: Release): Promise<number> =>
  eachParked(directory, async (log) => {
    let released = 0;
    for await (const record of log.read()) {
      const parked = decode(record);
      if (parked === undefined) continue;
      const refusals = await release(parked.message.topic, undefined, [parked.message]);
      if (refusals.size > 0) throw new Error(`the spool does not take parked messages back: ${[...refusals.values()][0]}`);
      released++;
      // Those before it are stored.
      await log.release(record.sequence);
    }
    await log.release(log.nextSequence);
    return released;
  });

/** Deletes all parked messages of a spool. @returns how many there were */
export const discardParked = (directory: string): Promise<number> =>
  eachParked(directory, async (log) => {
    let discarded = 0;
    for await (const record of log.read()) discarded += record ? 1 : 0;
    await log.release(log.nextSequence);
    return discarded;
  });

async function eachParked(directory: string, work: (log: SegmentLog) => Promise<number>): Promise<number> {
  const disk = new NodeDisk();
  let sum = 0;
  for (const slot of await slotNames(disk, directory)) {
    const names = await disk.list(parkedFolder(join(directory, slot))).catch(() => []);
    if (!names.some((name) => name.endsWith('.seg'))) continue;
    const log = await openParked(join(directory, slot), { disk });
    try {
      await log.inspected;
      sum += await work(log);
    } finally {
      await log.close();
    }
  }
  return sum;
}
