import { growthOf } from './escape';
import { BEHIND, HOLES, MOST_HOLES } from './memory';

/*
 * What of a payload is in memory. A small one is all there. A large one is looked at through a window, so that no memory grows with
 * it: whoever has passed what is there asks for more, which takes the place of what nobody reads again. Addresses before that place
 * stay what they were; between them and those behind it there is a hole, and `place` knows how much of the payload lies in it.
 * Behind what is there are zeros, on which everything stops that looks ahead.
 */

/** Copies `length` bytes of the payload, from position `from` on, to `target`. */
declare function fill(target: usize, from: usize, length: usize): void;

/** Of a long token so much of the beginning stays: the longest known key has 31 characters, with six bytes for each. */
const KEPT: usize = 256;
/** What is looked at beyond a byte: a pair of surrogates has twelve, a number's sign and name nine. */
const AHEAD: usize = 16;
/** Between two places where the window may begin anew there are fewer tokens; each makes it longer by its room once at most. */
const MOST_TOKENS: usize = 32;
/**
 * With so many holes behind what is kept the window begins anew however far it is from its end: each took a refill, so one more for all
 * of them is no more work. Tokens may dig as many as there are of them until then, and so may those before what is kept.
 */
const MANY_HOLES: usize = 8;
const NEVER: usize = <usize>-1;

let windowStart: usize = 0;
let windowSize: usize = 0;
/** So much is got at least, wherever in the window there is need of it. */
let room: usize = 0;
let capacityEnd: usize = 0;
let total: usize = 0;
/** The address that the payload's first byte would have, were there no holes. */
let origin: usize = 0;
let holes: usize = 0;

/** Behind the last byte that is there. */
export let windowEnd: usize = 0;
/** That is the payload's last one. */
export let isWhole: bool = false;
/** A byte up to here has those beside it that are looked at with it. */
export let readyUntil: usize = 0;
/** Behind it a walk pauses, or has the window begin anew, whichever comes first. */
export let stopAt: usize = 0;
let pauseAt: usize = 0;
let anewAt: usize = 0;

let isMeasured: bool = false;
/** By how much grows what was let go, once it is escaped. */
let growthLetGo: usize = 0;

/** @param size of the window; 0 for a payload that is at `start` already, all of it */
export function openWindow(start: usize, length: usize, size: usize, leastRoom: usize): void {
  windowStart = origin = start;
  total = length;
  holes = 0;
  isMeasured = false;
  pauseAt = NEVER;
  windowSize = size;
  room = leastRoom;
  capacityEnd = start + size + MOST_TOKENS * (leastRoom + KEPT);
  if (size > 0) return refill(start, start);
  windowEnd = capacityEnd = start + length;
  settle(true);
}

/** The first address that is no part of the window, however it grows. */
export function behindWindow(): usize {
  return capacityEnd + BEHIND;
}

/** The position in the payload of what is at an address. */
export function place(at: usize): usize {
  return holes == 0 ? at - origin : placeBehindHoles(at);
}

function placeBehindHoles(at: usize): usize {
  let position = at - origin;
  for (let hole = HOLES; hole < HOLES + holes * 8; hole += 8) if (at >= (load<u32>(hole) as usize)) position += load<u32>(hole + 4);
  return position;
}

/** Has what is at `at`, and more behind it, at `to`. What lies between the two is let go. */
export function refill(to: usize, at: usize): void {
  if (isMeasured) growthLetGo += growthOf(to, at);
  const position = place(at);
  while (holes > 0 && (load<u32>(HOLES + holes * 8 - 8) as usize) >= to) holes--;
  if (to == windowStart) origin = to - position;
  else digHole(to, position - place(to));
  const gone = at - to;
  pauseAt = pauseAt > gone ? pauseAt - gone : 0;
  const until = max(windowStart + windowSize, to + room);
  const length = min(until - to, total - position);
  windowEnd = to + length;
  if (windowEnd > capacityEnd) unreachable();
  fill(to, position, length);
  settle(position + length == total);
}

function digHole(at: usize, length: usize): void {
  if (length == 0) return;
  if (holes == MOST_HOLES) unreachable();
  store<u32>(HOLES + holes * 8, at);
  store<u32>(HOLES + holes * 8 + 4, length);
  holes++;
}

function settle(whole: bool): void {
  memory.fill(windowEnd, 0, BEHIND);
  isWhole = whole;
  readyUntil = whole ? NEVER : windowEnd - AHEAD;
  anewAt = whole ? NEVER : windowStart + windowSize - room / 2;
  findStop();
}

function findStop(): void {
  stopAt = min(pauseAt, holes < MANY_HOLES || isWhole ? anewAt : 0);
}

/** What is at the window's end is not the payload's. */
export function isCutOff(at: usize): bool {
  return at == windowEnd && !isWhole;
}

/** Within a token that begins at `from`: more behind `at`, in place of what has been seen of it. @returns where it goes on */
export function goOnWithin(from: usize, at: usize): usize {
  const to = min(from + KEPT, at);
  refill(to, at);
  return to;
}

/**
 * To be called behind `stopAt`, where nothing is read again but what lies before `keep`: the window begins anew there, if that gains
 * something. However long tokens are, and wherever they begin, it does not move away from where it is.
 *
 * @returns where it goes on; behind the limit (`isSpent`) for a pause
 */
export function makeWay(at: usize, keep: usize): usize {
  if ((at <= anewAt || at < keep + room / 2) && !isRiddled(keep)) return at;
  refill(keep, at);
  return keep;
}

function isRiddled(behind: usize): bool {
  return holes >= MANY_HOLES && !isWhole && (load<u32>(HOLES + (holes - MANY_HOLES) * 8) as usize) > behind;
}

/** The same where nothing at all is read again. */
export function beginAnew(at: usize): usize {
  return makeWay(at, windowStart);
}

/** Whether a walk has to pause here. */
export function isSpent(at: usize): bool {
  return at > pauseAt;
}

/** It may go on for so many bytes. */
export function allow(at: usize, bytes: usize): void {
  pauseAt = at + bytes;
  findStop();
}

/** What was done costs as much as passing so many bytes. */
export function spend(bytes: usize): void {
  pauseAt = pauseAt > bytes ? pauseAt - bytes : 0;
  findStop();
}

/** From here on it is told how much grows what is let go. */
export function measureLetGo(value: bool): void {
  isMeasured = value;
  growthLetGo = 0;
}

/** By how much that was, since it was asked last. */
export function takeGrowthLetGo(): usize {
  const growth = growthLetGo;
  growthLetGo = 0;
  return growth;
}
