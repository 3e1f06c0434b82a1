import { hexUnit } from './json';
import { BACKSLASH, KEY_INDEX, KEY_STRIDE, LENGTHS, SCRATCH, SHORT_ESCAPES } from './memory';

const LONGEST_KEY: usize = 31;

/** Whether a set has keys of this length. */
export function mayKnow(set: usize, length: usize): bool {
  return length <= LONGEST_KEY && load<u8>(KEY_INDEX + (set * LENGTHS + length) * 4) != 0;
}

/** The id that a set has for a key, or -1. */
export function findKey(set: usize, start: usize, length: usize): i32 {
  if (length > LONGEST_KEY) return -1;
  const entry = load<u32>(KEY_INDEX + (set * LENGTHS + length) * 4);
  let left = entry & 0xff;
  if (left == 0) return -1;
  const all: u32 = (1 << (length as u32)) - 1;
  const head = v128.load(start);
  const tail = v128.load(start + 16);
  for (let at: usize = entry >> 8; left > 0; left--, at += KEY_STRIDE) {
    const sameHead = i8x16.bitmask(i8x16.eq(head, v128.load(at))) as u32;
    const sameTail = i8x16.bitmask(i8x16.eq(tail, v128.load(at + 16))) as u32;
    if (((sameHead | (sameTail << 16)) & all) == all) return load<u8>(at + 32);
  }
  return -1;
}

/** The same for a key with escapes in it: known keys are ASCII, and short. */
export function findEscapedKey(set: usize, start: usize, end: usize): i32 {
  let to = SCRATCH;
  for (let at = start; at < end; to++) {
    if (to - SCRATCH == LONGEST_KEY) return -1;
    const byte = load<u8>(at);
    if (byte != BACKSLASH) {
      store<u8>(to, byte);
      at++;
      continue;
    }
    const letter = load<u8>(at + 1);
    if (letter != 0x75) {
      store<u8>(to, load<u8>(SHORT_ESCAPES + letter));
      at += 2;
      continue;
    }
    const unit = hexUnit(at + 2);
    if (unit > 0x7f) return -1;
    store<u8>(to, unit as u8);
    at += 6;
  }
  return findKey(set, SCRATCH, to - SCRATCH);
}
