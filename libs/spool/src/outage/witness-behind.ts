import type { DrainGroup, DrainItem } from './drain-group.js';
import type { Slot } from './slot.js';
import { decode } from './spooled-message.js';
import { Witnesses } from './witnesses.js';

/** Records that are looked at, of all slots together. */
const MOST_LOOKS = 10_000;

/**
 * A message to try a partition with that another one holds up, further behind in its slot or in a later one. Only of those before which
 * all can be read: an earlier one of the same key must not be overtaken.
 *
 * @param slots in their order
 * @param item the one that is refused, the first of its partition that waits in `slot`
 */
export async function witnessBehind(
  slots: readonly Slot[],
  slot: Slot,
  { topic, partition }: Pick<DrainGroup, 'topic' | 'partition'>,
  item: DrainItem,
  isStopped: () => boolean,
): Promise<DrainItem | undefined> {
  const witnesses = new Witnesses(item);
  let looks = 0;
  let isDamaged = false;
  const onDamage = () => void (isDamaged = true);
  for (const one of slots.slice(slots.indexOf(slot))) {
    if (!one.isCounted || !one.missing.isEmpty) break;
    const from = { sequence: one === slot ? item.sequence + 1 : one.cursor.low };
    for await (const record of one.log.read({ from, onDamage })) {
      if (isStopped() || isDamaged || witnesses.areEnough || ++looks > MOST_LOOKS) return witnesses.any;
      const spooled = decode(record);
      if (spooled?.message.topic !== topic || one.isDone(record.sequence, spooled)) continue;
      if (one.placeOf(spooled, record.sequence) !== partition) continue;
      witnesses.see({ ...spooled, sequence: record.sequence, bytes: record.payload.length });
    }
    if (isDamaged) break;
  }
  return witnesses.any;
}
