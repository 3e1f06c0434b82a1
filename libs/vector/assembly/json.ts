import {
  BACKSLASH,
  BEHIND,
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

/*
 * Walks JSON, validates it and notes what has to be repaired. Positions are addresses; 0 stands for "not further": either the walk
 * has used up its bytes and is to be taken up again, or something is wrong (`fault`, `faultAt`). Behind the payload there are
 * zeros, on which everything here stops.
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
export let faultAt: usize = 0;
/** The walk has used up its bytes. */
export let isPaused: bool = false;
export let editCount: i32 = 0;

/** How many containers may be within one another. */
let maxDepth: i32 = 0;
/** In recordings NUL and lone surrogates stay as they are, and bare NaN is wrong. */
let verbatim: bool = false;
let origin: usize = 0;
let payloadEnd: usize = 0;
/** A walk pauses behind the first value that ends past it. */
let stopAt: usize = 0;
/** Where the paused walk goes on: behind a value, in so many containers, up to the end of that within `walkFloor`. */
export let walkAt: usize = 0;
let walkDepth: i32 = 0;
let walkFloor: i32 = 0;

export function beginWalk(start: usize, length: usize, depth: i32): void {
  origin = start;
  payloadEnd = start + length;
  // What every look ahead stops on.
  memory.fill(payloadEnd, 0, BEHIND);
  maxDepth = depth;
  verbatim = false;
  fault = 0;
  editCount = 0;
  isPaused = false;
  stopAt = <usize>-1;
}

export function setVerbatim(value: bool): void {
  verbatim = value;
}

export function allow(until: usize): void {
  stopAt = until;
  isPaused = false;
}

/** What was done costs as much as passing so many bytes. */
export function spend(bytes: usize): void {
  stopAt = stopAt > bytes ? stopAt - bytes : 0;
}

/** Where a walk pauses. */
export function limit(): usize {
  return stopAt;
}

export function isTooDeep(depth: i32): bool {
  return depth > maxDepth;
}

export function fail(code: i32, at: usize): usize {
  fault = code;
  faultAt = at;
  return 0;
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
  return pos;
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
    if (others != 0) return pos + ctz(others);
    pos += 16;
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
    const beyondAscii = i8x16.bitmask(bytes);
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
      if (byte != BACKSLASH) return stop >= payloadEnd ? fail(A_CLOSING_QUOTE, payloadEnd) : fail(NO_CONTROL_CHARACTER, stop);
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
  store<u32>(entry, at - origin);
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
  return walk(at, depthAround, depthAround, true);
}

/** Takes up the walk that was paused. */
export function resumeContainer(): usize {
  return walk(walkAt, walkDepth, walkFloor, false);
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
        isPaused = true;
        walkAt = pos;
        walkDepth = depth;
        walkFloor = floor;
        return 0;
      }
      pos = skipBlanks(pos);
      const around = load<u8>(CONTAINERS + depth);
      const sign = load<u8>(pos++);
      if (sign == COMMA) {
        pos = skipBlanks(pos);
        if (around == OPEN_OBJECT) pos = skipKey(pos);
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
  let pos = at;
  if (load<u8>(pos) == 0x2d) pos++;
  if (load<u8>(pos) == 0x30) pos++;
  else pos = skipDigits(pos, at);
  if (pos != 0 && load<u8>(pos) == 0x2e) pos = skipDigits(pos + 1, at);
  if (pos == 0 || (load<u8>(pos) | 0x20) != 0x65) return pos;
  pos++;
  const sign = load<u8>(pos);
  if (sign == 0x2b || sign == 0x2d) pos++;
  return skipDigits(pos, at);
}

/** Behind one digit or more. */
function skipDigits(at: usize, numberStart: usize): usize {
  let pos = at;
  while (load<u8>(pos) - 0x30 < 10) if (++pos - at == 16) return skipManyDigits(pos);
  return pos != at ? pos : noDigit(at, numberStart);
}

function noDigit(at: usize, numberStart: usize): usize {
  return fail(at == numberStart ? A_VALUE : A_DIGIT, at);
}

function skipManyDigits(at: usize): usize {
  let pos = at;
  while (true) {
    const others = ~i8x16.bitmask(i8x16.lt_u(i8x16.sub(v128.load(pos), i8x16.splat(0x30)), i8x16.splat(10))) & 0xffff;
    if (others != 0) return pos + ctz(others);
    pos += 16;
  }
}
