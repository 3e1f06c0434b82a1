import {
  beginWalk,
  ESCAPED,
  flags,
  kind,
  noteContainer,
  isContainer,
  setVerbatim,
  skipBlanks,
  skipColon,
  skipString,
  skipValue,
} from './json';
import { findEscapedKey, findKey } from './keys';
import { BEHIND, COMMA, OPEN_OBJECT, QUOTE } from './memory';
import { beginTape, ENTRY_BYTES, makeRoom, put, putMember, tape, tapeStart } from './tape';

/** Of the stack of containers. */
const DEEPEST: i32 = 4096;

/**
 * Writes down the members of an object that a set of keys knows: where its key begins (at the quote), where its value does and
 * ends. Anything but an object has none.
 *
 * @param most every one of them in order, up to so many; 0 for the last of each name alone
 * @returns how many there are, or -1 for more than `most`
 */
export function members(start: usize, length: usize, set: usize, most: i32): i32 {
  beginWalk(start, length, DEEPEST);
  setVerbatim(true);
  beginTape(start, start + length + BEHIND);
  let at = skipBlanks(start);
  if (load<u8>(at) != OPEN_OBJECT) return 0;
  at = skipBlanks(at + 1);
  // It is valid JSON: only its end has no quote there.
  while (load<u8>(at) == QUOTE) {
    const keyStart = at + 1;
    const keyEnd = skipString(keyStart);
    if (keyEnd == 0) return 0;
    const id = (flags & ESCAPED) == 0 ? findKey(set, keyStart, keyEnd - keyStart) : findEscapedKey(set, keyStart, keyEnd);
    const valueStart = skipColon(keyEnd);
    const valueEnd: usize = valueStart == 0 ? 0 : skipValue(valueStart, 1);
    if (valueEnd == 0) return 0;
    if (id >= 0) {
      if (most > 0 && (((tape - tapeStart) / ENTRY_BYTES) as i32) == most) return -1;
      if (!makeRoom()) return -1;
      if (isContainer(load<u8>(valueStart))) noteContainer(valueStart);
      const entry =
        most > 0 ? put(id, kind, flags, keyStart - 1, valueEnd, 0) : putMember(0, start, id, kind, flags, keyStart - 1, valueEnd, 0);
      store<u32>(entry + 12, valueStart - start);
    }
    at = skipBlanks(valueEnd);
    if (load<u8>(at) != COMMA) break;
    at = skipBlanks(at + 1);
  }
  return ((tape - tapeStart) / ENTRY_BYTES) as i32;
}
