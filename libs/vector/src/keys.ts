import { KEY_INDEX, KEY_STRIDE, KEYS, LENGTHS, MOST_SETS, PIECE } from './memory.js';

/** Ids from 0 to 63 by key. */
export type KeyIds = Readonly<Record<string, number>>;

const LONGEST_KEY = LENGTHS - 1;
const sets: KeyIds[] = [];

/** Has the kernel know a set of keys. @returns the number by which it knows it; the first two are those of `scan` */
export function knowKeys(ids: KeyIds): number {
  for (const key of Object.keys(ids)) {
    const length = Buffer.byteLength(key);
    if (length > LONGEST_KEY) throw new Error(`key of ${length} bytes: the kernel compares ${LONGEST_KEY} at most`);
  }
  if (sets.length === MOST_SETS) throw new Error(`more than ${MOST_SETS} sets of known keys`);
  return sets.push(ids) - 1;
}

/** Writes those sets into a kernel's memory that are not there yet. @returns how many are then */
export function writeKeys(memory: Buffer, already: number): number {
  if (already === sets.length) return already;
  let at = KEYS;
  for (const [set, ids] of sets.entries()) {
    const byLength = Map.groupBy(Object.entries(ids), ([key]) => Buffer.byteLength(key));
    for (const [length, keys] of byLength) {
      memory.writeUInt32LE((at << 8) | keys.length, KEY_INDEX + (set * LENGTHS + length) * 4);
      for (const [key, id] of keys) {
        memory.write(key, at);
        memory[at + 32] = id;
        at += KEY_STRIDE;
      }
    }
  }
  if (at > PIECE) throw new Error('too many known keys for the memory kept for them');
  return sets.length;
}
