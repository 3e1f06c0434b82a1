import { BACKSLASH, CLOSING, COLON, COMMA, CONTAINERS, HEX_DIGITS, OPEN_ARRAY, OPEN_OBJECT, QUOTE, SHORT_ESCAPES } from './memory';

/*
 * Walks valid JSON. Positions are addresses; 0 stands for "not what this knows": broken JSON, or what has to be repaired.
 * The byte loop then has the word. Behind the payload there are zeros, on which everything here stops.
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

/** Of the value passed last. */
export let kind: i32 = NULL;
/** Of the string passed last. */
export let flags: i32 = 0;
/** How many containers may be within one another. */
let maxDepth: i32 = 0;
/** In recordings NUL and lone surrogates stay as they are. */
let verbatim: bool = false;

export function beginWalk(depth: i32): void {
  maxDepth = depth;
  verbatim = false;
}

export function setVerbatim(value: bool): void {
  verbatim = value;
}

export function isTooDeep(depth: i32): bool {
  return depth > maxDepth;
}

/** The next byte's address that is no white space. */
export function skipBlanks(at: usize): usize {
  let pos = at;
  while (true) {
    const byte = load<u8>(pos);
    if (byte > 0x20) return pos;
    if (byte != 0x20 && byte != 0x0a && byte != 0x0d && byte != 0x09) return pos;
    pos++;
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
      if (byte != BACKSLASH) return 0;
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
  if (load<u8>(SHORT_ESCAPES + letter) == 1) return at + 2;
  if (letter != 0x75) return 0;
  const unit = hexUnit(at + 2);
  if (unit < 0) return 0;
  if (verbatim) return at + 6;
  if (unit == 0) return 0;
  if (unit < 0xd800 || unit > 0xdfff) return at + 6;
  if (unit >= 0xdc00 || load<u8>(at + 6) != BACKSLASH || load<u8>(at + 7) != 0x75) return 0;
  const low = hexUnit(at + 8);
  return low >= 0xdc00 && low <= 0xdfff ? at + 12 : 0;
}

/** Four hexadecimal digits, or -1. */
function hexUnit(at: usize): i32 {
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
  return load<u8>(pos) == COLON ? skipBlanks(pos + 1) : 0;
}

/** From a value's first byte to behind it; sets `kind`, and `flags` for a string. `depth` counts the containers around it. */
export function skipValue(at: usize, depth: i32): usize {
  const first = load<u8>(at);
  if (first != OPEN_OBJECT && first != OPEN_ARRAY) return skipLeaf(at, first);
  const end = skipContainer(at, depth);
  kind = first == OPEN_OBJECT ? OBJECT : ARRAY;
  return end;
}

function skipContainer(at: usize, depthAround: i32): usize {
  let depth = depthAround;
  let pos = at;
  while (true) {
    // At an opening bracket.
    const open = load<u8>(pos);
    if (isTooDeep(++depth)) return 0;
    store<u8>(CONTAINERS + depth, open);
    pos = skipBlanks(pos + 1);
    let isOpening = false;
    if (load<u8>(pos) == open + CLOSING) {
      pos++;
      depth--;
    } else {
      if (open == OPEN_OBJECT) pos = skipKey(pos);
      if (pos == 0) return 0;
      const first = load<u8>(pos);
      isOpening = first == OPEN_OBJECT || first == OPEN_ARRAY;
      if (!isOpening) pos = skipLeaf(pos, first);
      if (pos == 0) return 0;
    }
    // Behind a value.
    while (!isOpening) {
      if (depth == depthAround) return pos;
      pos = skipBlanks(pos);
      const around = load<u8>(CONTAINERS + depth);
      const sign = load<u8>(pos++);
      if (sign == COMMA) {
        pos = skipBlanks(pos);
        if (around == OPEN_OBJECT) pos = skipKey(pos);
        if (pos == 0) return 0;
        const first = load<u8>(pos);
        isOpening = first == OPEN_OBJECT || first == OPEN_ARRAY;
        if (!isOpening) pos = skipLeaf(pos, first);
        if (pos == 0) return 0;
      } else if (sign == around + CLOSING) {
        depth--;
      } else {
        return 0;
      }
    }
  }
}

function skipKey(at: usize): usize {
  if (load<u8>(at) != QUOTE) return 0;
  const closing = skipString(at + 1);
  return closing == 0 ? 0 : skipColon(closing);
}

function skipLeaf(at: usize, first: u8): usize {
  if (first == QUOTE) {
    const closing = skipString(at + 1);
    kind = STRING;
    return closing == 0 ? 0 : closing + 1;
  }
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
  kind = NUMBER;
  return skipNumber(at);
}

function skipNumber(at: usize): usize {
  let pos = at;
  if (load<u8>(pos) == 0x2d) pos++;
  if (load<u8>(pos) == 0x30) pos++;
  else pos = skipDigits(pos);
  if (pos != 0 && load<u8>(pos) == 0x2e) pos = skipDigits(pos + 1);
  if (pos == 0 || (load<u8>(pos) | 0x20) != 0x65) return pos;
  pos++;
  const sign = load<u8>(pos);
  if (sign == 0x2b || sign == 0x2d) pos++;
  return skipDigits(pos);
}

/** Behind one digit or more. */
function skipDigits(at: usize): usize {
  let pos = at;
  while (load<u8>(pos) - 0x30 < 10) pos++;
  return pos == at ? 0 : pos;
}
