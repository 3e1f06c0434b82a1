import { itemsTape } from '@app/vector';
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
  const tape = itemsTape(text);
  if (tape === undefined) return eachItemSlowly(text, onItem);
  // A copy: what is done with an item may use the kernel.
  const words = tape.words.slice(0, tape.length * 4);
  for (let at = 0; at < words.length; at += 4) onItem(words[at], words[at + 1], words[at + 2], words[at + 3]);
}

/** A byte a turn, for what the kernel leaves to it. */
export function eachItemSlowly(text: string, onItem: OnItem): void {
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
