/*
 * Where everything is, in bytes. What the gateway's own code must know of it is in src/memory.ts; a spec holds the two together.
 */

/** 256 patterns for `escape`: where each of eight bytes goes when those of a mask get a backslash before them. */
export const SPREAD: usize = 1024;
/** How many bytes come of such eight. */
export const SPREAD_LENGTHS: usize = SPREAD + 256 * 16;
/** What a letter after a backslash stands for, or 0 where none may be; `u` is apart. */
export const SHORT_ESCAPES: usize = SPREAD_LENGTHS + 256;
/** A hexadecimal digit's value, or 255. */
export const HEX_DIGITS: usize = SHORT_ESCAPES + 256;
/** The kinds of the containers around a value, by depth. */
export const CONTAINERS: usize = HEX_DIGITS + 256;
/** A key without its escapes, as far as a known one may reach. */
export const SCRATCH: usize = 10 * 1024;
/** By row and id: where a member of the object that is read now was written down. */
export const SLOTS: usize = 11 * 1024;
export const SLOTS_OF_ROW: usize = 64;
/** By set and length of a key: how many known keys there are (low byte), and where they begin. */
export const KEY_INDEX: usize = 12 * 1024;
export const LENGTHS: usize = 32;
/** 32 bytes of the key, its id, and room to the next multiple of sixteen. */
export const KEY_STRIDE: usize = 48;
/** Where something of the payload was left out of the window: eight bytes each (window.ts). */
export const HOLES: usize = 768 * 1024;
export const MOST_HOLES: usize = 64;
/** What is to be replaced in a payload: eight bytes each. */
export const EDITS: usize = 1 << 20;
export const MAX_EDITS: i32 = 200_000;
/** Read, but not minded, behind a payload's end. */
export const BEHIND: usize = 64;

export const QUOTE: u8 = 0x22;
export const BACKSLASH: u8 = 0x5c;
export const COMMA: u8 = 0x2c;
export const COLON: u8 = 0x3a;
export const OPEN_OBJECT: u8 = 0x7b;
export const OPEN_ARRAY: u8 = 0x5b;
/** From an opening bracket to its closing one. */
export const CLOSING: u8 = 2;
