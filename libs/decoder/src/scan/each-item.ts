import { JsonCursor } from './json-cursor.js';

/**
 * Told of one item of an array: its span in the array's text, and where that span lies once the text is escaped into a
 * JSON string. The difference of two such positions is what everything between them takes there, to the byte.
 */
export type OnItem = (start: number, end: number, escapedStart: number, escapedEnd: number) => void;

/**
 * Walks the items of an array given as valid JSON in binary text, without making anything of them: a recording of
 * millions of items must not cost as many objects.
 */
export function eachItem(text: string, onItem: OnItem): void {
  const cursor = new JsonCursor(Buffer.from(text, 'latin1'), Number.MAX_SAFE_INTEGER);
  cursor.verbatim = true;
  cursor.peek();
  if (!cursor.enterArray(1)) return;
  do {
    cursor.peek();
    const { pos: start, growth } = cursor;
    cursor.skipValue(1);
    onItem(start, cursor.pos, start + growth, cursor.pos + cursor.growth);
  } while (cursor.nextElement());
}
