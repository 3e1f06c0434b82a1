import {
  BACKSLASH,
  CLOSING,
  COLON,
  COMMA,
  CONTAINERS,
  EDITS,
  HEX_DIGITS,
  MAX_EDITS,
  OPEN_ARRAY,
  OPEN_OBJECT,
  QUOTE,
  SHORT_ESCAPES,
} from './memory';
import { goOnWithin, isCutOff, isSpent, makeWay, measureLetGo, openWindow, place, readyUntil, refill, stopAt, windowEnd } from './window';

/*
 * Walks JSON, validates it and notes what has to be repaired. Positions are addresses; 0 stands for "not further": either the walk
 * has used up its bytes and is to be taken up again, or something is wrong (`fault`, `faultAt`). The payload is looked at through
 * a window (window.ts): an address is good for as long as nothing behind it was let go.
 */

/** As in libs/decoder: kinds of values, and what a string's bytes are like. */
export const NULL = 0;
export const TRUE = 1;
export const FALSE = 2;
export const NUMBER = 3;
export const STRING = 4;
export const OBJECT = 5;
export const ARRAY = 6;
export const ESCAPED = 1;
export const NON_ASCII = 2;
/** Of a container: there is nothing in it. */
export const EMPTY = 4;

/** What was expected; src/fault.ts has the words. */
export const A_VALUE = 1;
export const A_DIGIT = 2;
export const NO_CONTROL_CHARACTER = 3;
export const A_CLOSING_QUOTE = 4;
export const AN_ESCAPE = 5;
export const A_KEY = 6;
export const A_COLON = 7;
export const A_MEMBER_SIGN = 8;
export const AN_ELEMENT_SIGN = 9;
export const NOTHING_MORE = 10;
/** Limits that were passed. */
export const TOO_DEEP = 11;
export const TOO_MANY_EVENTS = 12;
export const TOO_MANY_EDITS = 13;
/** The payload is neither an object nor an array. */
export const NO_EVENTS = 14;
export const OUT_OF_MEMORY = 15;

/** Of the value passed last. */
export let kind: i32 = NULL;
/** Of the string passed last. */
export let flags: i32 = 0;
export let fault: i32 = 0;
/** Position in the payload. */
export let faultAt: usize = 0;
/** The walk has used up its bytes. */
export let isPaused: bool = false;
export let editCount: i32 = 0;

/** How many containers may be within one another. */
let maxDepth: i32 = 0;
/** In recordings NUL and lone surrogates stay as they are, and bare NaN is wrong. */
let verbatim: bool = false;
/** The container that is walked, at its bracket. */
let walkFrom: usize = 0;
/** What of it is looked at once more, when it was passed, lies before here; 0 as long as nobody has looked. */
let walkKeep: usize = 0;
/** Where the paused walk goes on: behind a value or at a bracket, in so many containers, up to the end of that within `walkFloor`. */
export let walkAt: usize = 0;
let walkDepth: i32 = 0;
let walkFloor: i32 = 0;
let walkIsOpening: bool = false;
/** A number runs on behind the window's end. */
let isStarved: bool = false;

/** @param window its size, and the room that there is to be in it; 0 for a payload that is at `start`, all of it */
export function beginWalk(start: usize, length: usize, window: usize, room: usize, depth: i32): void {
  openWindow(start, length, window, room);
  maxDepth = depth;
  verbatim = false;
  fault = 0;
  editCount = 0;
  isPaused = isStarved = false;
}

/** Of recordings it is also told by how much grows what is let go of it. */
export function setVerbatim(value: bool): void {
  verbatim = value;
  measureLetGo(value);
}

export function goOn(): void {
  isPaused = false;
}

export function isTooDeep(depth: i32): bool {
  return depth > maxDepth;
}

export function fail(code: i32, at: usize): usize {
  fault = code;
  faultAt = place(at);
  return 0;
}

/** Of the payload as a whole: it is about no position. */
export function failFor(code: i32, what: i32): void {
  fault = code;
  faultAt = what as usize;
}

export function isBlank(byte: u8): bool {
  return byte == 0x20 || byte == 0x0a || byte == 0x0d || byte == 0x09;
}

/** The next byte's address that is no white space. Small enough for the compiler to put it in place: there is none nearly always. */
export function skipBlanks(at: usize): usize {
  return load<u8>(at) > 0x20 ? at : skipSomeBlanks(at);
}

function skipSomeBlanks(at: usize): usize {
  let pos = at;
  while (isBlank(load<u8>(pos))) if (++pos - at == 16) return skipManyBlanks(pos);
  if (!isCutOff(pos)) return pos;
  refill(pos, pos);
  return skipBlanks(pos);
}

function skipManyBlanks(at: usize): usize {
  let pos = at;
  while (true) {
    const bytes = v128.load(pos);
    const blanks = v128.or(
      v128.or(i8x16.eq(bytes, i8x16.splat(0x20)), i8x16.eq(bytes, i8x16.splat(0x0a))),
      v128.or(i8x16.eq(bytes, i8x16.splat(0x0d)), i8x16.eq(bytes, i8x16.splat(0x09))),
    );
    const others = ~i8x16.bitmask(blanks) & 0xffff;
    if (others == 0) {
      pos += 16;
      continue;
    }
    pos += ctz(others);
    if (!isCutOff(pos)) return pos;
    refill(at, pos);
    pos = at;
  }
}

/** From behind an opening quote to the closing one. */
export function skipString(at: usize): usize {
  const quotes = i8x16.splat(QUOTE);
  const backslashes = i8x16.splat(BACKSLASH);
  const lastControl = i8x16.splat(0x1f);
  let pos = at;
  let high: i32 = 0;
  let escaped: i32 = 0;
  while (true) {
    const bytes = v128.load(pos);
    let stops = i8x16.bitmask(
      v128.or(v128.or(i8x16.eq(bytes, quotes), i8x16.eq(bytes, backslashes)), i8x16.eq(i8x16.min_u(bytes, lastControl), bytes)),
    );
    let beyondAscii = i8x16.bitmask(bytes);
    if (stops == 0) {
      high |= beyondAscii;
      pos += 16;
      continue;
    }
    // Recordings are full of escapes: all of a turn's are seen to with one look at its bytes.
    let next = pos + 16;
    do {
      const stop = pos + ctz(stops);
      const byte = load<u8>(stop);
      if (byte == QUOTE) {
        high |= beyondAscii & ((1 << ((stop - pos) as i32)) - 1);
        flags = escaped | (high != 0 ? NON_ASCII : 0);
        return stop;
      }
      if (byte == BACKSLASH ? stop > readyUntil : isCutOff(stop)) {
        // The window ends, the string does not.
        beyondAscii &= (1 << ((stop - pos) as i32)) - 1;
        next = goOnWithin(at, stop);
        break;
      }
      if (byte != BACKSLASH) return stop >= windowEnd ? fail(A_CLOSING_QUOTE, windowEnd) : fail(NO_CONTROL_CHARACTER, stop);
      escaped = ESCAPED;
      const behind = skipEscape(stop);
      if (behind == 0) return 0;
      if (behind >= pos + 16) {
        next = behind;
        break;
      }
      stops &= -1 << ((behind - pos) as i32);
    } while (stops != 0);
    // Escapes are ASCII: those that reach beyond this turn hide nothing.
    high |= beyondAscii;
    pos = next;
  }
}

function skipEscape(at: usize): usize {
  const letter = load<u8>(at + 1);
  if (load<u8>(SHORT_ESCAPES + letter) != 0) return at + 2;
  const unit = letter == 0x75 ? hexUnit(at + 2) : -1;
  if (unit < 0) return fail(AN_ESCAPE, at);
  if (verbatim) return at + 6;
  if (unit == 0) return edit(at, 6);
  if (unit < 0xd800 || unit > 0xdfff) return at + 6;
  if (unit < 0xdc00 && load<u8>(at + 6) == BACKSLASH && load<u8>(at + 7) == 0x75) {
    const low = hexUnit(at + 8);
    if (low >= 0xdc00 && low <= 0xdfff) return at + 12;
  }
  return edit(at, 6);
}

/** What stands between `at` and `length` bytes further is to be replaced; returns the address behind it. */
function edit(at: usize, length: i32): usize {
  if (editCount == MAX_EDITS) return fail(TOO_MANY_EDITS, at);
  const entry = EDITS + ((editCount++ as usize) << 3);
  store<u32>(entry, place(at));
  store<u32>(entry + 4, length);
  return at + length;
}

/** Four hexadecimal digits, or -1. */
export function hexUnit(at: usize): i32 {
  const first: i32 = load<u8>(HEX_DIGITS + load<u8>(at));
  const second: i32 = load<u8>(HEX_DIGITS + load<u8>(at + 1));
  const third: i32 = load<u8>(HEX_DIGITS + load<u8>(at + 2));
  const fourth: i32 = load<u8>(HEX_DIGITS + load<u8>(at + 3));
  if ((first | second | third | fourth) > 15) return -1;
  return (first << 12) | (second << 8) | (third << 4) | fourth;
}

/** From a key's closing quote to the first byte of its value. */
export function skipColon(closingQuote: usize): usize {
  const pos = skipBlanks(closingQuote + 1);
  return load<u8>(pos) == COLON ? skipBlanks(pos + 1) : fail(A_COLON, pos);
}

export function isContainer(first: u8): bool {
  return first == OPEN_OBJECT || first == OPEN_ARRAY;
}

/** From a value's first byte to behind it; sets `kind`, and `flags`. `depth` counts the containers around it. Of a container it may pause. */
export function skipValue(at: usize, depth: i32): usize {
  const first = load<u8>(at);
  return isContainer(first) ? skipContainer(at, depth) : skipLeaf(at, first);
}

function skipContainer(at: usize, depthAround: i32): usize {
  walkFrom = at;
  walkKeep = 0;
  return walk(at, depthAround, depthAround, true);
}

/** Takes up the walk that was paused. */
export function resumeContainer(): usize {
  return walk(walkAt, walkDepth, walkFloor, walkIsOpening);
}

/** Past its bytes: has more of the payload in the window, or pauses. @returns where the walk goes on; 0 for a pause */
function rest(at: usize, depth: i32, floor: i32, opening: bool): usize {
  // Of a container that was passed it is asked what its first sign is (`noteContainer`).
  // Looked for once: there may be a megabyte of blanks before it.
  if (walkKeep == 0) walkKeep = skipBlanks(walkFrom + 1) + 1;
  const pos = makeWay(at, walkKeep);
  if (!isSpent(pos)) return pos;
  isPaused = true;
  walkAt = pos;
  walkDepth = depth;
  walkFloor = floor;
  walkIsOpening = opening;
  return 0;
}

/** Of the container at `at`, once it was passed. */
export function noteContainer(at: usize): void {
  const open = load<u8>(at);
  kind = open == OPEN_OBJECT ? OBJECT : ARRAY;
  flags = load<u8>(skipBlanks(at + 1)) == open + CLOSING ? EMPTY : 0;
}

/** @param opening at a bracket; otherwise behind a value */
function walk(from: usize, depthNow: i32, floor: i32, opening: bool): usize {
  let isOpening = opening;
  let depth = depthNow;
  let pos = from;
  while (true) {
    if (isOpening) {
      if (pos > stopAt) {
        pos = rest(pos, depth, floor, true);
        if (pos == 0) return 0;
      }
      const open = load<u8>(pos);
      if (isTooDeep(++depth)) return fail(TOO_DEEP, pos);
      store<u8>(CONTAINERS + depth, open);
      pos = skipBlanks(pos + 1);
      if (load<u8>(pos) == open + CLOSING) {
        pos++;
        depth--;
        isOpening = false;
      } else {
        if (open == OPEN_OBJECT) pos = skipKey(pos);
        if (pos == 0) return 0;
        const first = load<u8>(pos);
        isOpening = isContainer(first);
        if (!isOpening) pos = skipLeaf(pos, first);
        if (pos == 0) return 0;
      }
    }
    // Behind a value.
    while (!isOpening) {
      if (depth == floor) return pos;
      if (pos > stopAt) {
        pos = rest(pos, depth, floor, false);
        if (pos == 0) return 0;
      }
      pos = skipBlanks(pos);
      const around = load<u8>(CONTAINERS + depth);
      const sign = load<u8>(pos++);
      if (sign == COMMA) {
        pos = skipBlanks(pos);
        pos = around == OPEN_OBJECT ? skipKey(pos) : skipShortNumbers(pos);
        if (pos == 0) return 0;
        const first = load<u8>(pos);
        isOpening = isContainer(first);
        if (!isOpening) pos = skipLeaf(pos, first);
        if (pos == 0) return 0;
      } else if (sign == around + CLOSING) {
        depth--;
      } else {
        return fail(around == OPEN_OBJECT ? A_MEMBER_SIGN : AN_ELEMENT_SIGN, pos - 1);
      }
    }
  }
}

/** Past numbers of a few digits that have a comma behind them: there are recordings of millions. Others are seen to one by one. */
function skipShortNumbers(at: usize): usize {
  let pos = at;
  while (pos <= stopAt) {
    const first = load<u8>(pos);
    if (first - 0x30 > 9) return pos;
    let end = pos + 1;
    while (load<u8>(end) - 0x30 < 10 && end - pos < SHORT) end++;
    if (load<u8>(end) != COMMA || (first == 0x30 && end - pos > 1)) return pos;
    pos = skipBlanks(end + 1);
  }
  return pos;
}

/** Digits of a number that is looked at byte by byte. */
const SHORT: usize = 16;

function skipKey(at: usize): usize {
  if (load<u8>(at) != QUOTE) return fail(A_KEY, at);
  const closing = skipString(at + 1);
  return closing == 0 ? 0 : skipColon(closing);
}

export function skipLeaf(at: usize, first: u8): usize {
  if (first == QUOTE) {
    const closing = skipString(at + 1);
    kind = STRING;
    return closing == 0 ? 0 : closing + 1;
  }
  flags = 0;
  if (at > readyUntil) refill(at, at);
  const word = load<u32>(at);
  if (word == 0x65757274) {
    kind = TRUE;
    return at + 4;
  }
  if (word == 0x736c6166 && load<u8>(at + 4) == 0x65) {
    kind = FALSE;
    return at + 5;
  }
  if (word == 0x6c6c756e) {
    kind = NULL;
    return at + 4;
  }
  // Python's json.dumps writes these by default; JSON does not know them.
  if (first == 0x4e || first == 0x49 || (first == 0x2d && load<u8>(at + 1) == 0x49)) return skipNonFinite(at, first);
  kind = NUMBER;
  return skipNumber(at);
}

function skipNonFinite(at: usize, first: u8): usize {
  kind = NULL;
  if (verbatim) return fail(A_VALUE, at);
  if (first == 0x4e) return (load<u32>(at) & 0xffffff) == 0x4e614e ? edit(at, 3) : fail(A_VALUE, at);
  const length = first == 0x49 ? 8 : 9;
  return load<u64>(at + length - 8) == 0x7974696e69666e49 ? edit(at, length) : fail(A_VALUE, at);
}

function skipNumber(at: usize): usize {
  while (true) {
    const end = passNumber(at);
    if (end != 0 || !isStarved) return end;
    isStarved = false;
    refill(windowEnd, windowEnd);
  }
}

function passNumber(at: usize): usize {
  let pos = at;
  if (load<u8>(pos) == 0x2d) pos++;
  if (load<u8>(pos) == 0x30) pos++;
  else pos = skipDigits(pos, at);
  if (pos != 0 && load<u8>(pos) == 0x2e) pos = skipDigits(pos + 1, at);
  if (pos == 0) return 0;
  let sign = load<u8>(pos);
  if ((sign | 0x20) == 0x65) {
    pos++;
    sign = load<u8>(pos);
    if (sign == 0x2b || sign == 0x2d) pos++;
    pos = skipDigits(pos, at);
    if (pos == 0) return 0;
    sign = load<u8>(pos);
  }
  return sign == 0 && isCutOff(pos) ? starve() : pos;
}

/** What there is of it is a number, but more may come. */
function starve(): usize {
  isStarved = true;
  return 0;
}

/** Behind one digit or more. */
function skipDigits(at: usize, numberStart: usize): usize {
  let pos = at;
  while (load<u8>(pos) - 0x30 < 10) if (++pos - at == 16) return skipManyDigits(pos);
  return pos != at ? pos : noDigit(at, numberStart);
}

function noDigit(at: usize, numberStart: usize): usize {
  return isCutOff(at) ? starve() : fail(at == numberStart ? A_VALUE : A_DIGIT, at);
}

function skipManyDigits(at: usize): usize {
  let pos = at;
  while (true) {
    const others = ~i8x16.bitmask(i8x16.lt_u(i8x16.sub(v128.load(pos), i8x16.splat(0x30)), i8x16.splat(10))) & 0xffff;
    if (others == 0) {
      pos += 16;
      continue;
    }
    pos += ctz(others);
    if (!isCutOff(pos)) return pos;
    refill(at, pos);
    pos = at;
  }
}
