import { JsonCursor } from './json-cursor.js';
import type { RawText } from './raw-event.js';
import { eventText } from './scan-payload.js';

/**
 * The JSON of a member's value (anything but a string) after the closed table of edits, so that it parses anywhere: a
 * `RawText` is cut out as it was sent.
 */
export function strictJson({ raw }: RawText): string {
  const cursor = new JsonCursor(Buffer.from(raw, 'latin1'), Number.MAX_SAFE_INTEGER);
  cursor.skipValue(0);
  const edited = eventText({ text: raw, edits: cursor.edits }, { start: 0, end: raw.length });
  return Buffer.from(edited, 'latin1').toString();
}
