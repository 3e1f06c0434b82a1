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
import { COMMA, OPEN_OBJECT, QUOTE } from './memory';
import { beginTape, ENTRY_BYTES, makeRoom, put, putMember, tape, tapeStart } from './tape';
import { beginAnew, place, stopAt } from './window';

/** Of the stack of containers. */
const DEEPEST: i32 = 4096;

/**
 * Writes down the members of an object that a set of keys knows: where its key begins (at the quote), where its value does and
 * ends. Anything but an object has none.
 *
 * @param window and `room`: as `beginWalk` takes them
 * @param most every one of them in order, up to so many; 0 for the last of each name alone
 * @returns how many there are, or -1 for more than `most`
 */
export function members(start: usize, length: usize, window: usize, room: usize, set: usize, most: i32): i32 {
  beginWalk(start, length, window, room, DEEPEST);
  setVerbatim(true);
  beginTape();
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
        most > 0 ? put(id, kind, flags, keyStart - 1, valueEnd, 0) : putMember(0, 0, id, kind, flags, keyStart - 1, valueEnd, 0);
      store<u32>(entry + 12, place(valueStart));
    }
    at = skipBlanks(valueEnd > stopAt ? beginAnew(valueEnd) : valueEnd);
    if (load<u8>(at) != COMMA) break;
    at = skipBlanks(at + 1);
  }
  return ((tape - tapeStart) / ENTRY_BYTES) as i32;
}
