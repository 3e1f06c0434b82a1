import { growthOf } from './escape';
import {
  allow,
  AN_ELEMENT_SIGN,
  beginWalk,
  ESCAPED,
  fail,
  fault,
  flags,
  isContainer,
  isPaused,
  kind,
  limit,
  resumeContainer,
  setVerbatim,
  skipBlanks,
  skipValue,
  STRING,
  walkAt,
} from './json';
import { CLOSING, COMMA, OPEN_ARRAY } from './memory';

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
let payload: usize = 0;
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

export function beginItems(start: usize, length: usize): void {
  beginWalk(start, length, DEEPEST);
  setVerbatim(true);
  payload = start;
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
  allow((isWalking ? walkAt : itemAt) + bytes);
  // A paused run is gone on with.
  let space = left;
  while (true) {
    if (!hasItem) {
      if (isAtEnd) return takeRun(END);
      if (!isWalking && itemAt > limit()) return PAUSED;
      if (!measureItem()) return isPaused ? PAUSED : FAILED;
    }
    const size = itemEscapedEnd - itemEscaped;
    if (size > room) {
      if (hasRun) return takeRun(BEFORE_TOO_BIG);
      runStart = itemAt - payload;
      runEnd = itemEnd - payload;
      runEscaped = itemEscaped;
      runEscapedEnd = itemEscapedEnd;
      return goPast() ? TOO_BIG : FAILED;
    }
    if (!hasRun) {
      if (size > space) {
        // Nothing of it fits behind what is there already.
        runStart = runEnd = itemAt - payload;
        runEscaped = runEscapedEnd = itemEscaped;
        return FULL;
      }
      hasRun = true;
      runStart = itemAt - payload;
      runEscaped = itemEscaped;
    } else if (itemEscapedEnd - runEscaped > space) {
      return takeRun(FULL);
    }
    runEnd = itemEnd - payload;
    runEscapedEnd = itemEscapedEnd;
    if (!goPast()) return FAILED;
  }
}

function takeRun(what: i32): i32 {
  if (!hasRun) runStart = runEnd = 0;
  hasRun = false;
  return what;
}

function measureItem(): bool {
  const end = isWalking ? resumeContainer() : skipValue(itemAt, 1);
  isWalking = end == 0 && isPaused;
  if (end == 0) return false;
  itemEnd = end;
  // Nearly always a comma.
  if (itemAt - measured > 1) growth += growthOf(measured, itemAt);
  itemEscaped = itemAt - payload + growth;
  growth += growthOfItem(end);
  itemEscapedEnd = end - payload + growth;
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
