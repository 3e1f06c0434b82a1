import { growthOf } from './escape';
import {
  A_KEY,
  A_MEMBER_SIGN,
  AN_ELEMENT_SIGN,
  ARRAY,
  beginWalk,
  EMPTY,
  ESCAPED,
  fail,
  failFor,
  fault,
  flags,
  goOn,
  isContainer,
  isPaused,
  isTooDeep,
  kind,
  NO_EVENTS,
  noteContainer,
  NOTHING_MORE,
  OBJECT,
  resumeContainer,
  setVerbatim,
  skipBlanks,
  skipColon,
  skipLeaf,
  skipString,
  skipValue,
  STRING,
  TOO_DEEP,
  TOO_MANY_EVENTS,
  walkAt,
} from './json';
import { findEscapedKey, findKey, mayKnow } from './keys';
import { CLOSING, COLON, COMMA, OPEN_ARRAY, OPEN_OBJECT, QUOTE } from './memory';
import { beginTape, forgetRow, makeRoom, put, putMember, setEnd, takeOut, tape } from './tape';
import { allow, beginAnew, isSpent, spend, stopAt, takeGrowthLetGo, windowEnd } from './window';

/*
 * Writes down where the events of a payload are and the members of theirs that somebody reads: the tape, whose form
 * libs/decoder/src/scan/tape.ts tells. A scan goes on for as many bytes as it is allowed and then waits to be taken up again, so
 * what it is in the middle of is kept here: a body or a list of events, an event, its properties, and some value of one of them.
 */

/** Ids are those given with the keys; these it has to know by itself. */
const PROPERTIES: i32 = 0;
const SNAPSHOT_DATA: i32 = 1;
const BATCH: i32 = 2;
/** These and what lies between count beside a batch only. */
const LAST_OF_BODY: i32 = 5;
const EVENT: i32 = 253;
const LIST: i32 = 254;
const LIST_END: i32 = 255;

/** Sets of keys. */
const EVENT_KEYS: usize = 0;
const PROPERTY_KEYS: usize = 1;

/** Rows of what is remembered. */
const EVENT_ROW: usize = 0;
const PROPERTY_ROW: usize = 1;
const BODY_ROW: usize = 2;

/** What taking the place of something earlier costs, in bytes passed. */
const REPLACEMENT_BYTES: usize = 256;

/** What a step says. */
const GO_ON: i32 = 0;
const DONE: i32 = 1;
const PAUSED: i32 = 2;
const FAILED: i32 = 3;

let eventsLeft: i32 = 0;
let pos: usize = 0;
/** Behind a member or an element; otherwise at an opening bracket. */
let isBehind: bool = false;

let inList: bool = false;
let inEvent: bool = false;
let inProperties: bool = false;
/** How deep the members of a body, an event or properties are, and the elements of the list. */
let bodyDepth: i32 = 0;
let listDepth: i32 = 0;
/** Entries of those that are open. */
let bodyEntry: usize = 0;
let eventEntry: usize = 0;
let propertiesEntry: usize = 0;
/** What of the tape is the last `properties` of the event, of the body, and the last `batch`; 0 for none. */
let eventPropertiesFrom: usize = 0;
let eventPropertiesTo: usize = 0;
let bodyPropertiesFrom: usize = 0;
let bodyPropertiesTo: usize = 0;
let batchFrom: usize = 0;
let batchTo: usize = 0;

/** A container whose end is not known yet: where it begins, and the id of the member that it is; NO_MEMBER for an element. */
let isWalking: bool = false;
let valueAt: usize = 0;
let valueId: i32 = 0;
const UNKNOWN: i32 = -1;
const NO_MEMBER: i32 = -2;

/** @param window and `room`: as `beginWalk` takes them */
export function beginScan(start: usize, length: usize, window: usize, room: usize, depth: i32, maxEvents: i32): void {
  beginWalk(start, length, window, room, depth);
  beginTape();
  eventsLeft = maxEvents;
  inList = inEvent = inProperties = isBehind = isWalking = false;
  eventPropertiesFrom = bodyPropertiesFrom = batchFrom = 0;
  bodyEntry = 0;
  pos = skipBlanks(start);
  if (!makeRoom()) return;
  const first = load<u8>(pos);
  if (first == OPEN_ARRAY) {
    beginList(pos, 1);
  } else if (first == OPEN_OBJECT) {
    bodyDepth = 1;
    bodyEntry = put(EVENT, OBJECT, 0, pos, pos, 0);
  } else {
    const end = skipLeaf(pos, first);
    if (end == 0) return;
    const behind = skipBlanks(end);
    if (behind != windowEnd) fail(NOTHING_MORE, behind);
    else failFor(NO_EVENTS, kind);
  }
}

/** Goes on for about so many bytes. */
export function scan(bytes: usize): i32 {
  if (fault != 0) return FAILED;
  allow(isWalking ? walkAt : pos, bytes);
  goOn();
  if (isWalking && !finishWalk()) return isPaused ? PAUSED : FAILED;
  while (true) {
    const step = inProperties || inEvent || !inList ? members() : elements();
    if (step != GO_ON) return step;
  }
}

/** From an opening brace, or from behind a member, to where something else is to be done. */
function members(): i32 {
  const row: usize = inProperties ? PROPERTY_ROW : inEvent ? EVENT_ROW : BODY_ROW;
  const keys = inProperties ? PROPERTY_KEYS : EVENT_KEYS;
  const frame = inProperties ? propertiesEntry : inEvent ? eventEntry : bodyEntry;
  const outer = inEvent ? listDepth + 1 : bodyDepth;
  const depth = inProperties ? outer + 1 : outer;
  let at = pos;
  if (isBehind) {
    at = nextMember(at);
  } else {
    if (isTooDeep(depth)) return stop(TOO_DEEP, at);
    at = skipBlanks(at + 1);
    if (load<u8>(at) == OPEN_OBJECT + CLOSING) {
      if (inProperties) store<u8>(propertiesEntry + 2, EMPTY as u8);
      return closeMembers(at + 1);
    }
  }
  while (at > LAST_SIGN) {
    if (load<u8>(at) != QUOTE) return stop(A_KEY, at);
    const keyStart = at + 1;
    const keyEnd = skipString(keyStart);
    if (keyEnd == 0) return FAILED;
    // What JSON without blanks looks like is told here: an event has dozens of members, and a call for each sign is a fifth of all.
    let id = UNKNOWN;
    if ((flags & ESCAPED) != 0) id = findEscapedKey(keys, keyStart, keyEnd);
    else if (mayKnow(keys, keyEnd - keyStart)) id = findKey(keys, keyStart, keyEnd - keyStart);
    at = keyEnd + 2;
    if (load<u8>(keyEnd + 1) != COLON || load<u8>(at) <= 0x20) {
      at = skipColon(keyEnd);
      if (at == 0) return FAILED;
    }
    const first = load<u8>(at);
    if (id == UNKNOWN && first == QUOTE) {
      const closing = skipString(at + 1);
      if (closing == 0) return FAILED;
      at = closing + 1;
      if (load<u8>(at) == COMMA && load<u8>(at + 1) == QUOTE && at <= stopAt) at++;
      else at = nextMember(at);
      continue;
    }
    if (id >= 0 && id <= LAST_OF_BODY && row != PROPERTY_ROW) {
      if (row == EVENT_ROW && id >= BATCH) {
        id = UNKNOWN;
      } else if (id == PROPERTIES) {
        if (row == EVENT_ROW) replaceEventProperties();
        else replaceBodyProperties();
        if (first == OPEN_OBJECT) {
          propertiesEntry = put(PROPERTIES, OBJECT, 0, at, at, 0);
          inProperties = true;
          isBehind = false;
          pos = at;
          return GO_ON;
        }
      } else if (id == BATCH) {
        replaceBatch();
        if (first == OPEN_ARRAY) {
          batchFrom = tape;
          beginList(at, bodyDepth + 1);
          return GO_ON;
        }
      }
    }
    if (id == SNAPSHOT_DATA) setVerbatim(true);
    const end = skipValue(at, depth);
    if (end == 0) return beginWalking(at, id);
    if (id >= 0) {
      if (isContainer(first)) noteContainer(at);
      putValue(row, frame, id, at, end);
    }
    if (load<u8>(end) == COMMA && load<u8>(end + 1) == QUOTE && end <= stopAt) at = end + 1;
    else at = nextMember(end);
  }
  if (at == CLOSED) return closeMembers(pos);
  return at == SPENT ? PAUSED : FAILED;
}

/** What `nextMember` says in place of an address. */
const WRONG: usize = 0;
const CLOSED: usize = 1;
const SPENT: usize = 2;
const LAST_SIGN: usize = 2;

/** From behind a member to the key of the next one. */
function nextMember(behind: usize): usize {
  let at = behind;
  if (at > stopAt) {
    at = beginAnew(at);
    if (isSpent(at)) {
      pos = at;
      isBehind = true;
      return SPENT;
    }
  }
  at = skipBlanks(at);
  const sign = load<u8>(at);
  if (sign == COMMA) return skipBlanks(at + 1);
  pos = at + 1;
  if (sign == OPEN_OBJECT + CLOSING) return CLOSED;
  fail(A_MEMBER_SIGN, at);
  return WRONG;
}

/** `kind` and `flags` are the value's. Strings are spans between their quotes, everything else is its whole JSON. */
function putValue(row: usize, frame: usize, id: i32, start: usize, end: usize): void {
  if (id == SNAPSHOT_DATA) {
    const growth = growthOf(start, end) + takeGrowthLetGo();
    setVerbatim(false);
    const isRecording = kind == ARRAY || kind == OBJECT;
    // Whatever it is, nothing in it is repaired.
    putMember(row, frame, id, kind, isRecording ? flags : 0, start, end, isRecording ? growth : 0);
  } else if (id == PROPERTIES && row != PROPERTY_ROW) {
    keepProperties(row, put(id, kind, 0, start, end, 0));
  } else if (id == BATCH) {
    batchFrom = put(id, kind, 0, start, end, 0);
    batchTo = tape;
  } else if (kind == STRING) {
    putMember(row, frame, id, STRING, flags, start + 1, end - 1, 0);
  } else {
    putMember(row, frame, id, kind, flags, start, end, 0);
  }
}

function keepProperties(row: usize, from: usize): void {
  if (row == EVENT_ROW) {
    eventPropertiesFrom = from;
    eventPropertiesTo = tape;
  } else {
    bodyPropertiesFrom = from;
    bodyPropertiesTo = tape;
  }
}

function closeMembers(end: usize): i32 {
  pos = end;
  isBehind = true;
  if (inProperties) {
    setEnd(propertiesEntry, end);
    inProperties = false;
    keepProperties(inEvent ? EVENT_ROW : BODY_ROW, propertiesEntry);
    return GO_ON;
  }
  if (inEvent) {
    setEnd(eventEntry, end);
    inEvent = false;
    return GO_ON;
  }
  setEnd(bodyEntry, end);
  return finish();
}

function beginList(at: usize, depth: i32): void {
  put(LIST, ARRAY, 0, at, at, 0);
  inList = true;
  listDepth = depth;
  isBehind = false;
  pos = at;
}

/** From an opening bracket, or from behind an element, to the next event. */
function elements(): i32 {
  let at = pos;
  if (!isBehind) {
    if (isTooDeep(listDepth)) return stop(TOO_DEEP, at);
    at = skipBlanks(at + 1);
    if (load<u8>(at) == OPEN_ARRAY + CLOSING) return closeList(at + 1);
  }
  while (true) {
    if (isBehind) {
      if (at > stopAt) {
        at = beginAnew(at);
        if (isSpent(at)) {
          pos = at;
          return PAUSED;
        }
      }
      at = skipBlanks(at);
      const sign = load<u8>(at);
      if (sign == OPEN_ARRAY + CLOSING) return closeList(at + 1);
      if (sign != COMMA) return stop(AN_ELEMENT_SIGN, at);
      at = skipBlanks(at + 1);
    }
    isBehind = true;
    if (eventsLeft-- == 0) return stop(TOO_MANY_EVENTS, at);
    if (!makeRoom()) return FAILED;
    const first = load<u8>(at);
    eventEntry = put(EVENT, OBJECT, 0, at, at, 0);
    if (first == OPEN_OBJECT) {
      inEvent = true;
      isBehind = false;
      eventPropertiesFrom = 0;
      pos = at;
      return GO_ON;
    }
    const end = skipValue(at, listDepth);
    if (end == 0) return beginWalking(at, NO_MEMBER);
    putElement(at, end);
    at = end;
  }
}

function putElement(start: usize, end: usize): void {
  if (load<u8>(start) == OPEN_ARRAY) noteContainer(start);
  store<u8>(eventEntry + 1, kind as u8);
  setEnd(eventEntry, end);
}

function closeList(end: usize): i32 {
  put(LIST_END, ARRAY, 0, end, end, 0);
  pos = end;
  isBehind = true;
  inList = false;
  if (bodyEntry == 0) return finish();
  batchTo = tape;
  return GO_ON;
}

function finish(): i32 {
  const end = skipBlanks(pos);
  return end == windowEnd ? DONE : stop(NOTHING_MORE, end);
}

/** A second `batch` takes the place of the first. */
function replaceBatch(): void {
  if (batchFrom == 0) return;
  spend(REPLACEMENT_BYTES);
  const length = batchTo - batchFrom;
  takeOut(batchFrom, batchTo, BODY_ROW);
  if (bodyPropertiesFrom >= batchTo) {
    bodyPropertiesFrom -= length;
    bodyPropertiesTo -= length;
  }
  batchFrom = 0;
  forgetRow(EVENT_ROW);
  forgetRow(PROPERTY_ROW);
}

/** And so do second `properties`. */
function replaceEventProperties(): void {
  if (eventPropertiesFrom == 0) return;
  spend(REPLACEMENT_BYTES);
  takeOut(eventPropertiesFrom, eventPropertiesTo, EVENT_ROW);
  eventPropertiesFrom = 0;
  forgetRow(PROPERTY_ROW);
}

function replaceBodyProperties(): void {
  if (bodyPropertiesFrom == 0) return;
  spend(REPLACEMENT_BYTES);
  const length = bodyPropertiesTo - bodyPropertiesFrom;
  takeOut(bodyPropertiesFrom, bodyPropertiesTo, BODY_ROW);
  if (batchFrom >= bodyPropertiesTo) {
    batchFrom -= length;
    batchTo -= length;
  }
  bodyPropertiesFrom = 0;
  forgetRow(EVENT_ROW);
  forgetRow(PROPERTY_ROW);
}

function beginWalking(at: usize, id: i32): i32 {
  if (!isPaused) return FAILED;
  isWalking = true;
  valueAt = at;
  valueId = id;
  return PAUSED;
}

/** True once the container is passed and written down. */
function finishWalk(): bool {
  const end = resumeContainer();
  if (end == 0) return false;
  isWalking = false;
  noteContainer(valueAt);
  if (valueId == NO_MEMBER) putElement(valueAt, end);
  else if (valueId != UNKNOWN) {
    const row: usize = inProperties ? PROPERTY_ROW : inEvent ? EVENT_ROW : BODY_ROW;
    putValue(row, inProperties ? propertiesEntry : inEvent ? eventEntry : bodyEntry, valueId, valueAt, end);
  }
  pos = end;
  isBehind = true;
  return true;
}

function stop(code: i32, at: usize): i32 {
  fail(code, at);
  return FAILED;
}
