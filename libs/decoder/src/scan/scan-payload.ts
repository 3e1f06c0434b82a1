import { CaptureError } from '@app/event';
import { knowKeys, scanTape } from '@app/vector';
import { JsonCursor, Kind, type Edit } from './json-cursor.js';
import type { RawEvent, RawText } from './raw-event.js';
import { readTape, tokenProblem, type ReadTape } from './read-tape.js';
import { ENTRY_WORDS, EVENT_KEYS, PROPERTY_KEYS } from './tape.js';
import { NAMES, writeTape } from './write-tape.js';

knowKeys(EVENT_KEYS, PROPERTY_KEYS);

export interface ScanLimits {
  readonly maxDepth: number;
  readonly maxEvents: number;
  /** The token came another way: a batch needs none beside it. */
  readonly isTokenElsewhere?: boolean;
}

/** A body's JSON, seen through: its shape, its events as spans, and what stands beside them. */
export interface ScannedPayload {
  readonly shape: 'single' | 'array' | 'batch';
  /** Binary text: one char per UTF-8 byte; the spans of the events index into it. */
  readonly text: string;
  readonly events: readonly RawEvent[];
  /** Only with a batch: the token beside the `batch` array. */
  readonly token: RawText | undefined;
  /** Only with a batch: `sent_at` or `sentAt` beside the array. */
  readonly sentAt: RawText | undefined;
  readonly isHistorical: boolean;
  /** In order of position. Empty but for events with bare NaN, lone surrogates or NUL. */
  readonly edits: readonly Edit[];
}

/**
 * Validates all of `bytes` as JSON and finds the events in it. The shape is told from the bytes, not by trying
 * variants in turn, so that an error can name the index and the field.
 *
 * @param bytes valid UTF-8 without byte order mark
 * @throws CaptureError `unparsable` with the position, `empty_batch`, `payload_too_big` with the limit
 */
export function scanPayload(bytes: Buffer, limits: ScanLimits): ScannedPayload {
  const text = bytes.latin1Slice(0, bytes.length);
  const quick = scanTape(bytes, limits);
  if (quick !== undefined) return payloadOf(readTape(quick, text), text, [], limits);
  const cursor = new JsonCursor(bytes, limits.maxDepth);
  const tape = writeTape(cursor, limits.maxEvents);
  return payloadOf(readTape(tape, text), text, cursor.edits, limits);
}

/**
 * The same for a large payload, in two pieces: validating 25 MB and making a text of them are each some milliseconds.
 *
 * @param turn to be waited for between the pieces
 */
export async function scanInPieces(bytes: Buffer, limits: ScanLimits, turn: () => Promise<void>): Promise<ScannedPayload> {
  const shared = scanTape(bytes, limits);
  if (shared === undefined) return scanPayload(bytes, limits);
  // Whatever is scanned meanwhile is written where this tape is.
  const tape = { words: shared.words.slice(0, shared.length * ENTRY_WORDS), length: shared.length };
  await turn();
  const text = bytes.latin1Slice(0, bytes.length);
  return payloadOf(readTape(tape, text), text, [], limits);
}

function payloadOf(read: ReadTape, text: string, edits: readonly Edit[], { isTokenElsewhere }: ScanLimits): ScannedPayload {
  const { whole, list = [], batchKind, isHistorical } = read;
  if (whole === undefined) {
    if (list.length === 0) throw new CaptureError('empty_batch');
    return { shape: 'array', text, events: list, token: undefined, sentAt: undefined, isHistorical: false, edits };
  }
  if (batchKind === Kind.Array) {
    const problem = tokenProblem(whole);
    if (problem) throw new CaptureError('unparsable', problem.detail?.replace('event 0: ', 'batch: '));
    if (whole.token === undefined && !isTokenElsewhere)
      throw new CaptureError('unparsable', 'batch without "api_key" or "token" beside it');
    if (list.length === 0) throw new CaptureError('empty_batch');
    const { token, sentAt } = whole;
    return { shape: 'batch', text, events: list, token, sentAt, isHistorical, edits };
  }
  if (batchKind !== undefined && whole.name === undefined)
    throw new CaptureError('unparsable', `"batch" must be an array, found ${NAMES[batchKind]}`);
  return { shape: 'single', text, events: [whole], token: undefined, sentAt: undefined, isHistorical: false, edits };
}

/** An event's JSON as binary text, after the edits that fall into it. */
export function eventText(
  { text, edits }: Pick<ScannedPayload, 'text' | 'edits'>,
  { start, end }: Pick<RawEvent, 'start' | 'end'>,
): string {
  if (edits.length === 0) return text.slice(start, end);
  let result = '';
  let at = start;
  for (let i = firstAtOrAfter(edits, start); i < edits.length && edits[i].end <= end; i++) {
    result += text.slice(at, edits[i].start) + edits[i].text;
    at = edits[i].end;
  }
  return result + text.slice(at, end);
}

/** Binary search: 10,000 events with as many edits must not cost their product. */
function firstAtOrAfter(edits: readonly Edit[], position: number): number {
  let low = 0;
  let high = edits.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (edits[middle].start < position) low = middle + 1;
    else high = middle;
  }
  return low;
}
