import { takeKernel, giveBack } from './pool.js';
import { PAYLOAD } from './memory.js';
import type { Tape } from './scan.js';

/** More than anybody writes; a client may repeat a name as often as it likes. */
const MOST_MEMBERS = 4096;

/**
 * Finds the members of an object that a set of keys knows (`knowKeys`), every one in order, duplicates included. An entry is the
 * member's id, kind and flags; where its key begins, at the quote; where its value ends, and where that begins. Whatever else is in
 * the object costs nothing but being passed.
 *
 * @param json valid JSON, binary text
 * @returns none for anything but an object; undefined for more than 4,096
 * @throws Error when it is no JSON
 */
export function membersTape(json: string, set: number): Tape | undefined {
  const kernel = takeKernel(json.length);
  try {
    kernel.reserve(json.length);
    kernel.bytes.latin1Write(json, PAYLOAD);
    const length = kernel.calls.members(PAYLOAD, json.length, set, MOST_MEMBERS);
    kernel.look();
    if (kernel.calls.fault.value !== 0) throw new Error('no JSON');
    if (length < 0) return undefined;
    const start = kernel.calls.tapeStart.value / 4;
    return { words: kernel.words.slice(start, start + length * 4), start: 0, length };
  } finally {
    giveBack(kernel);
  }
}
