import { RECORD_HEADER_BYTES } from '../record.js';
import type { SegmentLog } from '../segment-log.js';
import type { Damage } from '../segment-reader.js';
import type { DrainCursor } from './drain-cursor.js';
import { decode, type SpooledMessage } from './spooled-message.js';

/**
 * `next`: the counting has come so far. `missing`: messages with numbers from `from` on cannot be read, `count` at least and `most`
 * perhaps. `behind`: the same of numbers that were looked at before, so that nobody knows whether any of them is still to be sent.
 */
type Counted =
  | { readonly kind: 'message'; readonly sequence: number; readonly spooled: SpooledMessage; readonly bytes: number; readonly next: number }
  | { readonly kind: 'behind'; readonly from: number; readonly next: number }
  | { readonly kind: 'missing'; readonly from: number; readonly count: number; readonly most: number; readonly next: number };

/** Of a message whose like was never seen. */
const USUAL_BYTES = 1024;

/**
 * What lies in a slot, in order: messages, and how many are missing between them, which their numbers tell. At the end of all
 * nobody can tell how many there were: one at least, and what the damaged bytes would hold of messages as large as the others.
 */
export async function* countSlot(
  log: SegmentLog,
  { next: drainedTo }: DrainCursor,
  { from, end }: { readonly from: number; readonly end: number },
): AsyncGenerator<Counted> {
  let [next, damaged, records, bytes] = [from, 0, 0, 0];
  const onDamage = ({ isTorn, from: start, to }: Damage) => void (damaged += isTorn ? 0 : to - start);
  // What was looked at before is told already.
  const first = () => Math.max(next, drainedTo);
  const behind = function* (to: number): Generator<Counted> {
    const until = Math.min(to, drainedTo);
    if (damaged > 0 && until > next) yield { kind: 'behind', from: next, next: until };
  };
  for await (const record of log.read({ from: { sequence: from }, onDamage })) {
    if (record.sequence >= end) break;
    yield* behind(record.sequence);
    if (damaged > 0) {
      const count = Math.max(0, Math.min(record.sequence - first(), Math.ceil(damaged / RECORD_HEADER_BYTES)));
      yield { kind: 'missing', from: first(), count, most: count, next: record.sequence };
    }
    damaged = 0;
    next = record.sequence + 1;
    records++;
    bytes += record.payload.length + RECORD_HEADER_BYTES;
    const spooled = decode(record);
    if (spooled !== undefined) yield { kind: 'message', sequence: record.sequence, spooled, bytes: record.payload.length, next };
  }
  yield* behind(end);
  if (damaged === 0 || first() >= end) return;
  const most = Math.ceil(damaged / (records === 0 ? USUAL_BYTES : bytes / records));
  yield { kind: 'missing', from: first(), count: 1, most: Math.min(most, end - first()), next: end };
}
