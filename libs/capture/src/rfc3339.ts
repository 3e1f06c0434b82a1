import { shortTextOf, type RawText } from '@app/decoder';
import { isStorable } from './event-time.js';
import { parseTimestamp } from './parse-timestamp.js';

const RFC_3339 = /^\d{4}-\d{2}-\d{2}[Tt ]\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:[Zz]|[+-]\d{2}:\d{2})$/;
/** A longer text is no time; it is not read. */
const MAX_CHARACTERS = 64;

/** Unix milliseconds; undefined for anything but a full date and time with a zone, of years that consumers can store. */
export function parseRfc3339(text: string): number | undefined {
  const parsed = RFC_3339.test(text) ? parseTimestamp(text) : undefined;
  return parsed !== undefined && isStorable(parsed) ? parsed : undefined;
}

/** The same for a member of a payload. */
export function rfc3339Of(raw: RawText): number | undefined {
  const text = shortTextOf(raw, MAX_CHARACTERS);
  return text === undefined ? undefined : parseRfc3339(text);
}
