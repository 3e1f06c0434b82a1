import { growthOf } from './escape';
import { beginWalk, setVerbatim, skipBlanks, skipValue } from './json';
import { CLOSING, COMMA, OPEN_ARRAY } from './memory';

const ENTRY_BYTES: usize = 16;
/** Of the stack of containers. */
const DEEPEST: i32 = 4096;

/**
 * Writes down an entry for each item of an array: where it begins and ends, now and once all of it is escaped. Returns how many
 * there are, or -1.
 */
export function items(start: usize, length: usize, tape: usize, tapeLength: usize): i32 {
  const end = start + length;
  memory.fill(end, 0, 64);
  beginWalk(DEEPEST);
  setVerbatim(true);
  let pos = skipBlanks(start);
  if (load<u8>(pos) != OPEN_ARRAY) return -1;
  pos = skipBlanks(pos + 1);
  if (load<u8>(pos) == OPEN_ARRAY + CLOSING) return 0;
  let measured = start;
  let growth: usize = 0;
  let entry = tape;
  while (entry + ENTRY_BYTES <= tape + tapeLength) {
    const itemEnd = skipValue(pos, 1);
    if (itemEnd == 0) return -1;
    growth += growthOf(measured, pos);
    store<u32>(entry, pos - start);
    store<u32>(entry + 4, itemEnd - start);
    store<u32>(entry + 8, pos - start + growth);
    growth += growthOf(pos, itemEnd);
    store<u32>(entry + 12, itemEnd - start + growth);
    entry += ENTRY_BYTES;
    measured = itemEnd;
    pos = skipBlanks(itemEnd);
    const sign = load<u8>(pos++);
    if (sign == OPEN_ARRAY + CLOSING) return ((entry - tape) / ENTRY_BYTES) as i32;
    if (sign != COMMA) return -1;
    pos = skipBlanks(pos);
  }
  return -1;
}
