import { basename } from 'node:path';
import { RECORD_HEADER_BYTES } from '../record.js';
import { parseSegmentName } from '../segment-format.js';
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

/** Damage of one segment, its bytes added up: it holds no number before `from`. */
interface Piece {
  readonly from: number;
  readonly path: string;
  bytes: number;
}

/**
 * What lies in a slot, in order: messages, and how many are missing between them, which their numbers tell. At the end of all
 * nobody can tell how many there were: one at least, and what the damaged bytes would hold of messages as large as the others.
 */
export async function* countSlot(
  log: SegmentLog,
  { next: drainedTo }: DrainCursor,
  { from, end }: { readonly from: number; readonly end: number },
): AsyncGenerator<Counted> {
  let [next, records, bytes] = [from, 0, 0];
  const pieces: Piece[] = [];
  const onDamage = ({ isTorn, path, from: start, to }: Damage) => {
    if (isTorn) return;
    const last = pieces.at(-1);
    if (last?.path === path) last.bytes += to - start;
    else pieces.push({ from: Math.max(next, parseSegmentName(basename(path))?.firstSequence ?? 0), path, bytes: to - start });
  };
  for await (const record of log.read({ from: { sequence: from }, onDamage })) {
    if (record.sequence >= end) break;
    for (const [i, piece] of pieces.entries()) yield* missingIn(piece, pieces[i + 1]?.from ?? record.sequence, drainedTo);
    pieces.length = 0;
    next = record.sequence + 1;
    records++;
    bytes += record.payload.length + RECORD_HEADER_BYTES;
    const spooled = decode(record);
    if (spooled !== undefined) yield { kind: 'message', sequence: record.sequence, spooled, bytes: record.payload.length, next };
  }
  for (const [i, piece] of pieces.entries())
    yield* missingIn(piece, pieces[i + 1]?.from ?? end, drainedTo, i === pieces.length - 1 ? bytes / records || USUAL_BYTES : undefined);
}

/**
 * Numbers before `to` that a piece may hold. What was looked at before is told already, but for lanes that are behind.
 *
 * @param usualBytes of a message, where nobody knows how many there are
 */
function* missingIn(piece: Piece, to: number, drainedTo: number, usualBytes?: number): Generator<Counted> {
  const behindTo = Math.min(to, drainedTo);
  if (behindTo > piece.from) yield { kind: 'behind', from: piece.from, next: behindTo };
  const from = Math.max(piece.from, drainedTo);
  if (from >= to) return;
  const most = Math.min(to - from, Math.ceil(piece.bytes / (usualBytes ?? RECORD_HEADER_BYTES)));
  yield { kind: 'missing', from, count: usualBytes === undefined ? most : 1, most, next: to };
}
