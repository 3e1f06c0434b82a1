import type { Disk } from '../disk.js';
import { readLog } from '../log-reader.js';
import { DrainCursor, laneOf, wholeTopic } from '../outage/drain-cursor.js';
import { partitionFor } from '../outage/partition-for.js';
import { slotNames } from '../outage/slots.js';
import { decode } from '../outage/spooled-message.js';

/** Of the messages that lie in a spool the values of those that are sent, all copies of them, as far as its cursors say. */
export async function drainedValues(disk: Disk, spool: string): Promise<Set<string>> {
  const drained = new Set<string>();
  const left = new Set<string>();
  for (const name of await slotNames(disk, spool).catch(() => [])) {
    const slot = `${spool}/${name}`;
    const cursor = new DrainCursor(disk, slot);
    await cursor.load();
    for await (const record of readLog(disk, slot, { onDamage: () => {} })) {
      const { message, partition } = decode(record)!;
      const count = cursor.partitions.get(message.topic);
      const place = partition ?? (count === undefined ? undefined : partitionFor(message.key, count, record.sequence));
      const lane = place === undefined ? wholeTopic(message.topic) : laneOf(message.topic, place);
      (cursor.isDone(record.sequence, message.topic, lane) ? drained : left).add(String(message.value));
    }
  }
  for (const value of left) drained.delete(value);
  return drained;
}
