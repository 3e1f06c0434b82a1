import { CaptureError, runAtOnce, waitFor, type Steps } from '@app/event';
import { AT_ONCE_BYTES, knowKeys, openScan, type PayloadScan } from '@app/vector';
import { collectLater } from './collect-later.js';
import { editedText, withEmptyMaps, type Edits } from './edits.js';
import { Kind, NAMES } from './kind.js';
import type { RawEvent, RawText } from './raw-event.js';
import { readTape, tokenProblem, type Beside, type ReadTape } from './read-tape.js';
import { scanError } from './scan-error.js';
import { EVENT_KEYS, PROPERTY_KEYS } from './tape.js';
import { weigh, weighBeside, weighIds, type WeightLimit } from './weigh.js';

// In this order: the kernel knows the two by their numbers.
knowKeys(EVENT_KEYS);
knowKeys(PROPERTY_KEYS);

export interface ScanLimits {
  readonly maxDepth: number;
  /** Of all batches of the body together. */
  readonly maxEvents: number;
  readonly event?: WeightLimit;
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
  /** Undefined: it is said, but in no way that is known. */
  readonly isHistorical: boolean | undefined;
  /** What else stands beside a batch. */
  readonly beside: Beside;
  /** Empty but for events with bare NaN, lone surrogates, NUL, or an empty list for an empty map. */
  readonly edits: Edits;
}

/** To be waited for between two pieces of work; nothing when it need not be. */
export type Turn = () => Promise<void> | undefined;

/** A piece of a large payload: some 10 ms at worst, which are short members, and half a one where it is text. */
const PIECE_BYTES = 1 << 20;
/** As much garbage of smaller ones is in time for V8 to notice it. */
const LARGE_TEXT_BYTES = 8 << 20;

/**
 * Validates all of a payload as JSON and finds the events in it. The shape is told from the bytes, not by trying
 * variants in turn, so that an error can name the index and the field. A large payload is done in pieces.
 *
 * @param bytes valid UTF-8 without byte order mark; not wanted any more afterwards
 * @throws CaptureError `unparsable` with the position, `empty_batch`, `payload_too_big` with the limit, `transient` without memory
 */
export function* scanSteps(bytes: Buffer, limits: ScanLimits, turn: Turn): Steps<ScannedPayload> {
  if (bytes.length <= AT_ONCE_BYTES) return scanNow(bytes, limits);
  const opened = open(bytes, limits);
  const scan = opened instanceof Promise ? yield* waitFor(opened) : opened;
  try {
    let step = scan.advance(PIECE_BYTES);
    for (; step === 'paused'; step = scan.advance(PIECE_BYTES)) yield turn();
    if (step === 'failed') throw scanError(scan, limits);
    yield turn();
    const text = scan.text();
    if (bytes.length > LARGE_TEXT_BYTES) collectLater();
    yield turn();
    return payloadOf(readTape(scan.tape, text), text, scan.edits, limits);
  } finally {
    scan.release();
  }
}

/** The same of at most AT_ONCE_BYTES. */
export function scanNow(bytes: Buffer, limits: ScanLimits): ScannedPayload {
  const scan = open(bytes, limits) as PayloadScan;
  try {
    const step = scan.advance();
    if (step === 'failed') throw scanError(scan, limits);
    // It is in the memory that all share.
    if (step === 'paused') throw new Error('a small payload was not scanned in one go');
    const text = scan.text();
    return payloadOf(readTape(scan.tape, text), text, scan.edits, limits);
  } finally {
    scan.release();
  }
}

/** @throws CaptureError `transient` without memory */
function open(bytes: Buffer, limits: ScanLimits): PayloadScan | Promise<PayloadScan> {
  try {
    return openScan(bytes, limits);
  } catch (error) {
    throw error instanceof RangeError ? new CaptureError('transient', 'not enough memory') : error;
  }
}

/** The same of any length, in one go. */
export function scanPayload(bytes: Buffer, limits: ScanLimits): ScannedPayload {
  return runAtOnce(scanSteps(bytes, limits, () => undefined));
}

function payloadOf(read: ReadTape, text: string, edits: Edits, { isTokenElsewhere, event: weight }: ScanLimits): ScannedPayload {
  const { whole, list = [], batchKind, isHistorical, beside, emptyLists } = read;
  const allEdits = emptyLists.length === 0 ? edits : withEmptyMaps(edits, emptyLists);
  const found = { text, token: undefined, sentAt: undefined, isHistorical: false, beside, edits: allEdits };
  if (whole === undefined) {
    if (list.length === 0) throw new CaptureError('empty_batch');
    return { ...found, shape: 'array', events: weighed(list, weight) };
  }
  if (batchKind === Kind.Array) {
    weighBeside(beside.bytes);
    const problem = tokenProblem(whole);
    if (problem) throw new CaptureError('unparsable', problem.detail?.replace('event 0: ', 'batch: '));
    if (whole.token === undefined && !isTokenElsewhere)
      throw new CaptureError('unparsable', 'batch without "api_key" or "token" beside it');
    if (list.length === 0) throw new CaptureError('empty_batch');
    const { token, sentAt } = whole;
    return { ...found, shape: 'batch', events: weighed(list, weight), token, sentAt, isHistorical };
  }
  if (batchKind !== undefined && whole.name === undefined)
    throw new CaptureError('unparsable', `"batch" must be an array, found ${NAMES[batchKind]}`);
  return { ...found, shape: 'single', events: weighed([whole], weight) };
}

function weighed(events: readonly RawEvent[], limit: WeightLimit | undefined): readonly RawEvent[] {
  if (limit !== undefined) for (const event of events) weigh(event, limit);
  weighIds(events);
  return events;
}

/** An event's JSON as binary text, after the edits that fall into it. */
export function eventText(
  { text, edits }: Pick<ScannedPayload, 'text' | 'edits'>,
  { start, end }: Pick<RawEvent, 'start' | 'end'>,
): string {
  return editedText(text, edits, start, end);
}
