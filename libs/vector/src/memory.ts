/*
 * Where in the kernel's memory things are handed over, in bytes; what lies below is its own (assembly/memory.ts).
 */

/** By set and length of a key: how many known keys there are (low byte), and where they begin. */
export const KEY_INDEX = 12 * 1024;
/** Of a key: 31 bytes at most are compared. */
export const LENGTHS = 32;
export const MOST_SETS = 16;
export const KEYS = KEY_INDEX + MOST_SETS * LENGTHS * 4;
/** 32 bytes of the key, its id, and room to the next multiple of sixteen. */
export const KEY_STRIDE = 48;

/** The text to escape goes here, a piece at a time. */
export const PIECE = 64 * 1024;
export const PIECE_BYTES = 64 * 1024;
/** What comes of it: six times as much if all were control characters. */
export const ESCAPED_PIECE = PIECE + PIECE_BYTES;

/** What is to be replaced in a payload: two words each. */
export const EDITS = 1 << 20;
export const MAX_EDITS = 200_000;

/** The payload, or the window on it; behind it the kernel writes its tape. */
export const PAYLOAD = 3 << 20;
/** Read, but not minded, behind the payload's end. */
export const BEHIND = 64;

/** How much of a payload is in memory at a time, bytes. */
export interface Window {
  readonly size: number;
  /** So much is got at least when more is wanted: the window is longer then by as much, for each token that is longer than it. */
  readonly room: number;
}

/** All of it. */
export const WHOLE: Window = { size: 0, room: 0 };
export const WINDOW: Window = { size: 1 << 20, room: 32 << 10 };

/** How long a window becomes at most: so many tokens, each with what of it is kept (assembly/window.ts). */
export function capacityOf({ size, room }: Window): number {
  return size + 32 * (room + 256);
}
