import { growthOf } from './escape';
import {
  ARRAY,
  beginWalk,
  ESCAPED,
  flags,
  isTooDeep,
  kind,
  OBJECT,
  setVerbatim,
  skipBlanks,
  skipColon,
  skipString,
  skipValue,
  STRING,
} from './json';
import { COMMA, KEY_INDEX, KEY_STRIDE, OPEN_ARRAY, OPEN_OBJECT, CLOSING, QUOTE } from './memory';

/*
 * Writes down where the events of a payload are and the members of theirs that somebody reads: the tape, whose form
 * libs/decoder/src/scan/tape.ts tells. Ids are those given with the keys; the ones below this has to know by itself.
 */
export const PROPERTIES: i32 = 0;
export const BATCH: i32 = 1;
export const HISTORICAL: i32 = 2;
export const SNAPSHOT_DATA: i32 = 3;
export const EVENT: i32 = 253;
export const LIST: i32 = 254;
export const LIST_END: i32 = 255;

const ENTRY_BYTES: usize = 16;
const EVENT_LEVEL: usize = 0;
const PROPERTY_LEVEL: usize = 1;

let origin: usize = 0;
let tape: usize = 0;
let tapeEnd: usize = 0;
let eventsLeft: i32 = 0;

/** Returns how many entries are on the tape, or 0 for anything that the byte loop has to look at. */
export function scan(start: usize, length: usize, depth: i32, maxEvents: i32, tapeStart: usize, tapeLength: usize): usize {
  const end = start + length;
  // What every look ahead stops on.
  memory.fill(end, 0, 64);
  beginWalk(depth);
  origin = start;
  tape = tapeStart;
  tapeEnd = tapeStart + tapeLength;
  eventsLeft = maxEvents;
  let pos = skipBlanks(start);
  if (load<u8>(pos) == OPEN_ARRAY) pos = scanList(pos, 0);
  else if (load<u8>(pos) == OPEN_OBJECT) pos = scanEvent(pos, 0, true);
  else return 0;
  if (pos == 0 || skipBlanks(pos) != end || tape > tapeEnd) return 0;
  return (tape - tapeStart) / ENTRY_BYTES;
}

/** Past the tape's end entries are counted, not written. */
function put(id: i32, valueKind: i32, valueFlags: i32, start: usize, end: usize, growth: usize): usize {
  const at = tape;
  tape += ENTRY_BYTES;
  if (tape > tapeEnd) return at;
  store<u32>(at, id | (valueKind << 8) | (valueFlags << 16));
  store<u32>(at + 4, start - origin);
  store<u32>(at + 8, end - origin);
  store<u32>(at + 12, growth);
  return at;
}

function scanList(at: usize, depth: i32): usize {
  if (isTooDeep(depth + 1)) return 0;
  put(LIST, ARRAY, 0, at, at, 0);
  let pos = skipBlanks(at + 1);
  if (load<u8>(pos) == OPEN_ARRAY + CLOSING) pos++;
  else {
    while (true) {
      if (eventsLeft-- == 0) return 0;
      pos = scanEvent(pos, depth + 1, false);
      if (pos == 0) return 0;
      pos = skipBlanks(pos);
      const sign = load<u8>(pos++);
      if (sign == OPEN_ARRAY + CLOSING) break;
      if (sign != COMMA) return 0;
      pos = skipBlanks(pos);
    }
  }
  put(LIST_END, ARRAY, 0, pos, pos, 0);
  return pos;
}

function scanEvent(at: usize, depth: i32, isBody: bool): usize {
  const entry = put(EVENT, OBJECT, 0, at, at, 0);
  let pos: usize;
  if (load<u8>(at) == OPEN_OBJECT) {
    pos = scanMembers(at, depth + 1, EVENT_LEVEL, isBody);
  } else {
    pos = skipValue(at, depth);
    if (tape <= tapeEnd) store<u8>(entry + 1, kind as u8);
  }
  if (tape <= tapeEnd) store<u32>(entry + 8, pos - origin);
  return pos;
}

/** From an opening brace to behind the closing one. */
function scanMembers(at: usize, depth: i32, level: usize, isBody: bool): usize {
  if (isTooDeep(depth)) return 0;
  let pos = skipBlanks(at + 1);
  if (load<u8>(pos) == OPEN_OBJECT + CLOSING) return pos + 1;
  while (true) {
    if (load<u8>(pos) != QUOTE) return 0;
    const keyStart = pos + 1;
    const keyEnd = skipString(keyStart);
    // A key with escapes may be a known one: that takes reading it.
    if (keyEnd == 0 || (flags & ESCAPED) != 0) return 0;
    pos = skipColon(keyEnd);
    if (pos == 0) return 0;
    const id = findKey(level, keyStart, keyEnd - keyStart);
    pos = id < 0 ? skipValue(pos, depth) : scanValue(id, pos, depth, isBody);
    if (pos == 0) return 0;
    pos = skipBlanks(pos);
    const sign = load<u8>(pos++);
    if (sign == OPEN_OBJECT + CLOSING) return pos;
    if (sign != COMMA) return 0;
    pos = skipBlanks(pos);
  }
}

function scanValue(id: i32, at: usize, depth: i32, isBody: bool): usize {
  const first = load<u8>(at);
  if (id == PROPERTIES && first == OPEN_OBJECT) {
    put(PROPERTIES, OBJECT, 0, at, at, 0);
    return scanMembers(at, depth + 1, PROPERTY_LEVEL, false);
  }
  if (id == BATCH || id == HISTORICAL) {
    if (!isBody) return skipValue(at, depth);
    if (id == BATCH && first == OPEN_ARRAY) return scanBatch(at, depth);
  }
  if (id == SNAPSHOT_DATA) return scanRecording(at, depth);
  const end = skipValue(at, depth);
  if (end == 0) return 0;
  if (kind == STRING) put(id, STRING, flags, at + 1, end - 1, 0);
  else put(id, kind, 0, at, end, 0);
  return end;
}

/** A second `batch` takes the place of the first, and has its own count. */
function scanBatch(at: usize, depth: i32): usize {
  const allowed = eventsLeft;
  const end = scanList(at, depth);
  eventsLeft = allowed;
  return end;
}

/** Whatever it is, nothing in it is repaired. */
function scanRecording(at: usize, depth: i32): usize {
  setVerbatim(true);
  const end = skipValue(at, depth);
  setVerbatim(false);
  if (end == 0) return 0;
  const isRecording = kind == ARRAY || kind == OBJECT;
  put(SNAPSHOT_DATA, kind, 0, at, end, isRecording ? growthOf(at, end) : 0);
  return end;
}

/** The id of a known key, or -1. */
function findKey(level: usize, start: usize, length: usize): i32 {
  if (length > 31) return -1;
  const entry = load<u32>(KEY_INDEX + (level * 32 + length) * 4);
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
