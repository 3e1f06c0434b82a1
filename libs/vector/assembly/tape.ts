import { fail, OUT_OF_MEMORY } from './json';
import { SLOTS, SLOTS_OF_ROW } from './memory';
import { behindWindow, place, windowEnd } from './window';

/*
 * What is written down of a payload, behind its window in memory. An entry is four words: id, kind and flags in one; two positions; and one
 * more number.
 */

export const ENTRY_BYTES: usize = 16;
/** One object's known members, and what is around them, take less. */
const ROOM: usize = 128 * ENTRY_BYTES;
const PAGE: usize = 64 * 1024;

/** Where the next entry goes. */
export let tape: usize = 0;
export let tapeStart: usize = 0;

export function beginTape(): void {
  tapeStart = (behindWindow() + 15) & ~15;
  tape = tapeStart;
  memory.fill(SLOTS, 0, 3 * SLOTS_OF_ROW * 4);
}

/** Makes sure of room for an object's entries. */
export function makeRoom(): bool {
  const end = (memory.size() as usize) * PAGE;
  if (tape + ROOM <= end) return true;
  // A quarter more, so that growing costs little in all.
  const pages = ((tape - tapeStart) >> 2) / PAGE + 4;
  if (memory.grow(pages as i32) >= 0) return true;
  fail(OUT_OF_MEMORY, windowEnd);
  return false;
}

export function put(id: i32, kind: i32, flags: i32, start: usize, end: usize, more: usize): usize {
  const at = tape;
  tape += ENTRY_BYTES;
  write(at, id, kind, flags, start, end, more);
  return at;
}

function write(at: usize, id: i32, kind: i32, flags: i32, start: usize, end: usize, more: usize): void {
  store<u32>(at, id | (kind << 8) | (flags << 16));
  store<u32>(at + 4, place(start));
  store<u32>(at + 8, place(end));
  store<u32>(at + 12, more);
}

export function setEnd(entry: usize, end: usize): void {
  store<u32>(entry + 8, place(end));
}

/**
 * For a member that may be there again: a later one takes the place of the earlier, so that a tape is no longer than its events.
 *
 * @returns the entry's address
 */
export function putMember(row: usize, frame: usize, id: i32, kind: i32, flags: i32, start: usize, end: usize, more: usize): usize {
  const slot = SLOTS + (row * SLOTS_OF_ROW + (id as usize)) * 4;
  const known: usize = load<u32>(slot);
  // What an earlier object has left there lies before this one's own entry.
  if (known > frame) {
    write(known, id, kind, flags, start, end, more);
    return known;
  }
  const entry = put(id, kind, flags, start, end, more);
  store<u32>(slot, entry);
  return entry;
}

/** Takes entries out again. Of the row, whose members may stand behind them, what is remembered moves along. */
export function takeOut(from: usize, to: usize, row: usize): void {
  if (to == tape) {
    tape = from;
    return;
  }
  const length = to - from;
  memory.copy(from, to, tape - to);
  tape -= length;
  const slots = SLOTS + row * SLOTS_OF_ROW * 4;
  for (let slot = slots; slot < slots + SLOTS_OF_ROW * 4; slot += 4) {
    const known: usize = load<u32>(slot);
    if (known >= to) store<u32>(slot, known - length);
  }
}

/** What was remembered of a row lies where other entries will be. */
export function forgetRow(row: usize): void {
  memory.fill(SLOTS + row * SLOTS_OF_ROW * 4, 0, SLOTS_OF_ROW * 4);
}
