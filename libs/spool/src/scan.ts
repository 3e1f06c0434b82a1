import { MARKER_BYTES, readRecord, type StoredRecord } from './record.js';

/**
 * What stands at an offset:
 * - `record`: a whole one;
 * - `damage`: bytes up to `next` are no record; it goes on there;
 * - `more`: the window ends inside a record; show at least `bytes` from this offset on;
 * - `end`: the window ends exactly here.
 */
export type Step =
  | { kind: 'record'; record: StoredRecord; next: number }
  | { kind: 'damage'; next: number }
  | { kind: 'more'; bytes: number }
  | { kind: 'end' };

/**
 * One step over a window of a segment. Pure: any bytes give an answer, never an exception.
 *
 * Behind damage it looks for the segment's marker byte by byte (a vectorised search) and does not trust the broken
 * record's length: bytes may also have gone missing, and every record that is whole is worth finding.
 *
 * @param lastSequence the newest record before; one that is not newer is a misplaced page, not a record
 * @param isFinal nothing will ever follow this window
 */
export function step(window: Buffer, offset: number, marker: Buffer, lastSequence: number, isFinal: boolean): Step {
  if (offset >= window.length) return { kind: 'end' };
  const outcome = readRecord(window, offset, marker);
  if (outcome.kind === 'record' && outcome.record.sequence > lastSequence) {
    return { kind: 'record', record: outcome.record, next: outcome.end };
  }
  if (outcome.kind === 'short' && !isFinal) return { kind: 'more', bytes: outcome.bytes };
  const found = window.indexOf(marker, offset + 1);
  if (found !== -1) return { kind: 'damage', next: found };
  // The window may end in the middle of a marker: leave those bytes for the next one.
  const next = isFinal ? window.length : Math.max(offset + 1, window.length - MARKER_BYTES + 1);
  return { kind: 'damage', next };
}

/**
 * True when a file ends in the beginning of one record: a write that a crash cut short.
 *
 * @param head the first bytes of the tail, at most a record's header
 * @param tailBytes how many bytes the tail has in all
 */
export function isTornRecord(head: Buffer, tailBytes: number, marker: Buffer): boolean {
  const known = Math.min(head.length, MARKER_BYTES);
  if (head.compare(marker, 0, known, 0, known) !== 0) return false;
  const outcome = readRecord(head, 0, marker);
  return outcome.kind === 'short' && outcome.bytes > tailBytes;
}
