import { growthOf } from './escape';
import {
  AN_ELEMENT_SIGN,
  beginWalk,
  ESCAPED,
  fail,
  fault,
  flags,
  goOn,
  isContainer,
  isPaused,
  kind,
  resumeContainer,
  setVerbatim,
  skipBlanks,
  skipValue,
  STRING,
  walkAt,
} from './json';
import { CLOSING, COMMA, OPEN_ARRAY, OPEN_OBJECT, QUOTE } from './memory';
import { allow, beginAnew, isSpent, measureLetGo, place, stopAt, takeGrowthLetGo, windowEnd } from './window';

/*
 * Cuts the items of an array into runs that fit: a run is as many items side by side as there is room for once they are escaped.
 * An item costs no entry anywhere, however small it is.
 */

/** Of the stack of containers. */
const DEEPEST: i32 = 4096;

/** What `nextRun` says. */
const END: i32 = 0;
/** There is no room for the item behind this run. */
const FULL: i32 = 1;
const PAUSED: i32 = 2;
const FAILED: i32 = 3;
/** An item that no message has room for. */
const TOO_BIG: i32 = 4;
/** What comes behind this run is such an item. */
const BEFORE_TOO_BIG: i32 = 5;
/** The next item, or the one that is walked. */
let itemAt: usize = 0;
let isWalking: bool = false;
let isAtEnd: bool = false;
/** Up to here it is known how much the array grows, and that is so much. */
let measured: usize = 0;
let growth: usize = 0;
/** The item that did not fit, once it is known where it ends. */
let itemEnd: usize = 0;
let itemEscaped: usize = 0;
let itemEscapedEnd: usize = 0;
let hasItem: bool = false;

/** The run or item: where it begins and ends in the array, now and once all of that is escaped. */
export let runStart: usize = 0;
export let runEnd: usize = 0;
export let runEscaped: usize = 0;
export let runEscapedEnd: usize = 0;
let hasRun: bool = false;

/** @param window and `room`: as `beginWalk` takes them */
export function beginItems(start: usize, length: usize, window: usize, room: usize): void {
  beginWalk(start, length, window, room, DEEPEST);
  setVerbatim(true);
  measured = start;
  growth = 0;
  isWalking = hasItem = hasRun = false;
  const at = skipBlanks(start);
  itemAt = skipBlanks(at + 1);
  isAtEnd = load<u8>(itemAt) == OPEN_ARRAY + CLOSING;
  if (load<u8>(at) != OPEN_ARRAY) fail(AN_ELEMENT_SIGN, at);
}

/**
 * @param left room for the run that is begun
 * @param room for any other
 */
export function nextRun(left: usize, room: usize, bytes: usize): i32 {
  if (fault != 0) return FAILED;
  allow(isWalking ? walkAt : itemAt, bytes);
  goOn();
  // A paused run is gone on with.
  let space = left;
  while (true) {
    if (!hasItem) {
      if (isAtEnd) return takeRun(END);
      if (!isWalking && itemAt > stopAt && !makeWayForItem()) return PAUSED;
      if (hasRun && !isWalking) passPlainItems(min(space, room));
      if (!measureItem()) return isPaused ? PAUSED : FAILED;
    }
    const size = itemEscapedEnd - itemEscaped;
    if (size > room) {
      if (hasRun) return takeRun(BEFORE_TOO_BIG);
      runStart = place(itemAt);
      runEnd = place(itemEnd);
      runEscaped = itemEscaped;
      runEscapedEnd = itemEscapedEnd;
      return goPast() ? TOO_BIG : FAILED;
    }
    if (!hasRun) {
      if (size > space) {
        // Nothing of it fits behind what is there already.
        runStart = runEnd = place(itemAt);
        runEscaped = runEscapedEnd = itemEscaped;
        return FULL;
      }
      hasRun = true;
      runStart = place(itemAt);
      runEscaped = itemEscaped;
    } else if (itemEscapedEnd - runEscaped > space) {
      return takeRun(FULL);
    }
    runEnd = place(itemEnd);
    runEscapedEnd = itemEscapedEnd;
    if (!goPast()) return FAILED;
  }
}

function takeRun(what: i32): i32 {
  if (!hasRun) runStart = runEnd = 0;
  hasRun = false;
  return what;
}

/** More of the payload, if it is wanted. @returns whether it may go on */
function makeWayForItem(): bool {
  measureGap();
  measureLetGo(false);
  itemAt = measured = beginAnew(itemAt);
  measureLetGo(true);
  return !isSpent(itemAt);
}

/** What lies before the item: nearly always a comma. */
function measureGap(): void {
  if (itemAt - measured > 1) growth += growthOf(measured, itemAt) + takeGrowthLetGo();
  measured = itemAt;
}

function measureItem(): bool {
  if (!isWalking) {
    measureGap();
    itemEscaped = place(itemAt) + growth;
  }
  const end = isWalking ? resumeContainer() : skipValue(itemAt, 1);
  isWalking = end == 0 && isPaused;
  if (end == 0) return false;
  itemEnd = end;
  growth += growthOfItem(end) + takeGrowthLetGo();
  itemEscapedEnd = place(end) + growth;
  measured = end;
  hasItem = true;
  return true;
}

/** Of the item that was passed last; small ones are told without another look at their bytes. */
function growthOfItem(end: usize): usize {
  if (isContainer(load<u8>(itemAt))) return growthOf(itemAt, end);
  if (kind != STRING) return 0;
  return (flags & ESCAPED) == 0 ? 2 : growthOf(itemAt, end);
}

/** To the next item. */
function goPast(): bool {
  hasItem = false;
  const at = skipBlanks(itemEnd);
  const sign = load<u8>(at);
  isAtEnd = sign == OPEN_ARRAY + CLOSING;
  if (!isAtEnd && sign != COMMA) {
    fail(AN_ELEMENT_SIGN, at);
    return false;
  }
  itemAt = skipBlanks(at + 1);
  return true;
}

/**
 * The run takes items that are numbers and words as far as there is room: they grow by nothing, so where the last one ends is all
 * that has to be known. What is left of them is seen to one by one.
 */
function passPlainItems(space: usize): void {
  const first = load<u8>(itemAt);
  if (first == QUOTE || isContainer(first)) return;
  measureGap();
  const taken = place(itemAt) + growth - runEscaped;
  if (taken >= space) return;
  const until = min(min(itemAt + (space - taken), windowEnd), stopAt + 16);
  const lastComma = lastPlainComma(itemAt, until);
  if (lastComma == 0) return;
  let end = lastComma;
  while (load<u8>(end - 1) == 0x20) end--;
  runEnd = place(end);
  runEscapedEnd = runEnd + growth;
  measured = end;
  itemAt = skipBlanks(lastComma + 1);
}

/** The last one before a text, a container or anything that grows, looked for in sixteens of bytes; 0 for none. */
function lastPlainComma(from: usize, until: usize): usize {
  const commas = i8x16.splat(COMMA);
  const quotes = i8x16.splat(QUOTE);
  const opening = i8x16.splat(OPEN_OBJECT);
  const closing = i8x16.splat(OPEN_OBJECT + CLOSING);
  const lastControl = i8x16.splat(0x1f);
  const lower = i8x16.splat(0x20);
  let last: usize = 0;
  for (let at = from; at + 16 <= until; at += 16) {
    const bytes = v128.load(at);
    // Brackets are braces then.
    const lowered = v128.or(bytes, lower);
    const others = i8x16.bitmask(
      v128.or(
        v128.or(i8x16.eq(lowered, opening), i8x16.eq(lowered, closing)),
        v128.or(i8x16.eq(bytes, quotes), i8x16.eq(i8x16.min_u(bytes, lastControl), bytes)),
      ),
    );
    let found = i8x16.bitmask(i8x16.eq(bytes, commas));
    if (others != 0) found &= (1 << ctz(others)) - 1;
    if (found != 0) last = at + 31 - clz(found);
    if (others != 0) break;
  }
  return last;
}
