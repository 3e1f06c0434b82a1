import type { Damage } from '../segment-reader.js';
import { laneOf, wholeTopic } from './drain-cursor.js';
import type { DrainLedger } from './drain-ledger.js';
import type { Slot } from './slot.js';
import { decode } from './spooled-message.js';

/**
 * Gives up what is older than `maxAgeMs`, of the slot's running time, whether or not it could be sent, but not what is on its way.
 * What lies behind bytes that the disk does not give now is left for another time.
 */
export async function expire(slot: Slot, maxAgeMs: number, ledger: DrainLedger, isStopped: () => boolean): Promise<void> {
  const { cursor } = slot;
  let isBlocked = false;
  const onDamage = ({ error }: Damage) => void (isBlocked ||= error !== undefined);
  const options = { from: { sequence: cursor.low }, onDamage, onForeign: (file: string) => cursor.passBy(file) };
  for await (const record of slot.log.read(options)) {
    if (isStopped() || isBlocked || record.sequence >= slot.end || slot.log.ageMs(record) <= maxAgeMs) break;
    const spooled = decode(record);
    if (spooled === undefined) continue;
    const { topic } = spooled.message;
    const partition = slot.placeOf(spooled, record.sequence);
    const lane = partition === undefined ? wholeTopic(topic) : laneOf(topic, partition);
    const item = { ...spooled, sequence: record.sequence, bytes: record.payload.length };
    if (slot.meet(item)) ledger.recovered(1);
    if (slot.unresolved.has(lane) || cursor.isDone(record.sequence, topic, lane)) continue;
    ledger.expired(slot, item);
    for (const one of [lane, wholeTopic(topic)]) {
      // Never backwards: what else lies between was sent.
      if ((cursor.behind.get(one) ?? Infinity) <= record.sequence) cursor.behind.set(one, record.sequence + 1);
    }
    if (record.sequence >= cursor.next) cursor.next = record.sequence + 1;
  }
}
