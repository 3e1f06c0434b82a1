/*
 * Where in the kernel's memory things are handed over, in bytes; what lies below is its own (assembly/memory.ts).
 */

/** By level and length of a key: how many known keys there are (low byte), and where they begin. */
export const KEY_INDEX = 12 * 1024;
export const KEYS = KEY_INDEX + 2 * 32 * 4;
/** 32 bytes of the key, its id, and room to the next multiple of sixteen. */
export const KEY_STRIDE = 48;

/** The text to escape goes here, a piece at a time. */
export const PIECE = 64 * 1024;
export const PIECE_BYTES = 64 * 1024;
/** What comes of it: six times as much if all were control characters. */
export const ESCAPED_PIECE = PIECE + PIECE_BYTES;

/** What the scan writes down. A payload with more than fits is rare enough for the slow way. */
export const TAPE = 1 << 20;
export const TAPE_BYTES = 2 << 20;

export const PAYLOAD = TAPE + TAPE_BYTES;
/** The kernel's memory grows with its largest payload and never shrinks: a little more than the largest body on /s. */
export const PAYLOAD_BYTES = 32 << 20;
/** Read, but not minded, behind the payload's end. */
export const BEHIND = 64;
