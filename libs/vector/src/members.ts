import { shared as kernel } from './kernel.js';
import { PAYLOAD, WHOLE, WINDOW } from './memory.js';
import { AT_ONCE_BYTES, giveBack } from './pool.js';
import type { Tape } from './scan.js';

/**
 * Finds the members of an object that a set of keys knows (`knowKeys`). An entry is the member's id, kind and flags; where its key
 * begins, at the quote; where its value ends, and where that begins. Whatever else is in the object costs nothing but being passed.
 *
 * @param json valid JSON, binary text
 * @param most every one in order, up to so many; 0 for the last of each name, in no order
 * @returns none for anything but an object; undefined for more than `most`
 * @throws Error when it is no JSON
 */
export function membersTape(json: string, set: number, most: number): Tape | undefined {
  const window = json.length <= AT_ONCE_BYTES ? WHOLE : WINDOW;
  try {
    kernel.open(json, window);
    const length = kernel.calls.members(PAYLOAD, json.length, window.size, window.room, set, most);
    kernel.look();
    if (kernel.calls.fault.value !== 0) throw new Error('no JSON');
    if (length < 0) return undefined;
    const start = kernel.calls.tapeStart.value / 4;
    return { words: kernel.words.slice(start, start + length * 4), start: 0, length };
  } finally {
    giveBack(kernel);
  }
}
