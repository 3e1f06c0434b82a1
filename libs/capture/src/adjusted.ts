import type { RawEvent } from '@app/decoder';
import type { CaptureContext, CapturedEvent } from '@app/event';
import { MAX_TIME, timeTextOf, uuidOf } from './identify-event.js';
import { parseTimestamp } from './parse-timestamp.js';

/** An event that was taken, but not as it was sent. */
export interface AdjustedEvent {
  /** In the request. */
  readonly index: number;
  /** Undefined when the event had none. */
  readonly uuid: string | undefined;
  readonly cause: 'timestamp_unreadable';
  readonly detail: string;
}

/** Of a timestamp, in a reply; characters. */
const MAX_SHOWN = 64;

/**
 * An event whose time could not be read has that of its arrival. In a historical import that puts it on the wrong day, so
 * its sender is told.
 *
 * @returns undefined for nearly all events: a time that was read is not looked at again
 */
export function adjustedEvent(raw: RawEvent, event: CapturedEvent, context: CaptureContext): AdjustedEvent | undefined {
  if (event.timestamp !== context.now || raw.timestamp === undefined || raw.offset !== undefined) return undefined;
  const text = timeTextOf(raw.timestamp);
  if (text !== undefined && parseTimestamp(text) !== undefined) return undefined;
  // Cut as text: an escape cut in two is no JSON any more.
  const shown = text === undefined ? `of more than ${MAX_TIME} characters` : JSON.stringify(text.slice(0, MAX_SHOWN).toWellFormed());
  const detail = `event ${raw.index}: its timestamp ${shown} cannot be read, so it has the time of its arrival. Send RFC 3339, such as 2026-11-24T12:00:00Z`;
  return { index: raw.index, uuid: raw.uuid && uuidOf(raw.uuid), cause: 'timestamp_unreadable', detail };
}
