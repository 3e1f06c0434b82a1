import { CaptureError } from '@app/event';
import { EventScanner, NAMES, tokenProblem, type BodyMembers } from './event-scanner.js';
import { JsonCursor, Kind, type Edit } from './json-cursor.js';
import type { RawEvent, RawText } from './raw-event.js';

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
  const cursor = new JsonCursor(bytes, limits.maxDepth);
  const text = bytes.latin1Slice(0, bytes.length);
  const scanner = new EventScanner(cursor, text);
  let events: RawEvent[] = [];

  const readArray = (depth: number) => {
    events = [];
    if (!cursor.enterArray(depth)) return;
    do {
      if (events.length >= limits.maxEvents) throw tooMany(limits.maxEvents);
      events.push(scanner.event(events.length, depth));
    } while (cursor.nextElement());
  };

  if (cursor.peek() === 0x5b) {
    readArray(1);
    expectEnd(cursor);
    if (events.length === 0) throw new CaptureError('empty_batch');
    return { shape: 'array', text, events, token: undefined, sentAt: undefined, isHistorical: false, edits: cursor.edits };
  }

  const body: BodyMembers = { onBatch: () => readArray(2), batchKind: undefined, isHistorical: false };
  if (cursor.peek() !== 0x7b) {
    const kind = cursor.skipValue(0);
    expectEnd(cursor);
    throw new CaptureError('unparsable', `expected an event, an array of events or a batch, found ${NAMES[kind]}`);
  }
  const whole = scanner.event(0, 0, body);
  expectEnd(cursor);
  if (body.batchKind === Kind.Array) {
    const problem = tokenProblem(whole);
    if (problem) throw new CaptureError('unparsable', problem.detail?.replace('event 0: ', 'batch: '));
    if (whole.token === undefined && !limits.isTokenElsewhere)
      throw new CaptureError('unparsable', 'batch without "api_key" or "token" beside it');
    if (events.length === 0) throw new CaptureError('empty_batch');
    const { token, sentAt } = whole;
    return { shape: 'batch', text, events, token, sentAt, isHistorical: body.isHistorical, edits: cursor.edits };
  }
  if (body.batchKind !== undefined && whole.name === undefined)
    throw new CaptureError('unparsable', `"batch" must be an array, found ${NAMES[body.batchKind]}`);
  return { shape: 'single', text, events: [whole], token: undefined, sentAt: undefined, isHistorical: false, edits: cursor.edits };
}

function expectEnd(cursor: JsonCursor): void {
  if (cursor.peek() !== -1) throw cursor.unexpected('nothing after the JSON value');
}

function tooMany(limit: number): CaptureError {
  return new CaptureError('payload_too_big', `request holds more than ${limit} events (MAX_EVENTS_PER_REQUEST)`);
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
