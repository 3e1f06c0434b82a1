import type { Acceptance, WayBack } from '@app/kafka';
import { existing } from './drain-scan.js';
import type { Slot } from './slot.js';

/** Whether nothing of a partition waits in an older slot. They are in the order of their age: what a dead process left goes first. */
export function isFirst(slots: readonly Slot[], slot: Slot, topic: string, partition: number): boolean {
  for (const older of slots) {
    if (older === slot) return true;
    if (!older.isCounted || older.mayMiss(topic, partition) || older.lanes.ahead(topic, partition) > 0) return false;
  }
  return true;
}

/** Lanes that were left behind and may be sent now, and how much of them. */
export function lanesToCatchUp(slots: readonly Slot[], slot: Slot, way: WayBack): ReadonlyMap<string, Acceptance> {
  const lanes = new Map<string, Acceptance>();
  for (const lane of slot.cursor.behind.keys()) {
    const slash = lane.lastIndexOf('/');
    const [topic, partition] = [lane.slice(0, slash), Number(lane.slice(slash + 1))];
    if (Number.isNaN(partition)) {
      if (slot.cursor.partitions.has(topic) || way.partitions(topic) !== undefined) lanes.set(lane, 'yes');
    } else if (!slot.unresolved.has(lane) && isFirst(slots, slot, topic, partition)) {
      const acceptance = way.accepts(topic, existing(way, topic, partition));
      if (acceptance !== 'no') lanes.set(lane, acceptance);
    }
  }
  return lanes;
}
