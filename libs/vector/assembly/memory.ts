/*
 * Where everything is, in bytes. What the gateway's own code must know of it is in src/memory.ts; a spec holds the two together.
 */

/** 256 patterns for `escape`: where each of eight bytes goes when those of a mask get a backslash before them. */
export const SPREAD: usize = 1024;
/** How many bytes come of such eight. */
export const SPREAD_LENGTHS: usize = SPREAD + 256 * 16;
/** 1 for the letters that may follow a backslash, but for `u`. */
export const SHORT_ESCAPES: usize = SPREAD_LENGTHS + 256;
/** A hexadecimal digit's value, or 255. */
export const HEX_DIGITS: usize = SHORT_ESCAPES + 256;
/** The kinds of the containers around a value, by depth. */
export const CONTAINERS: usize = HEX_DIGITS + 256;
/** By level and length of a key: how many known keys there are (low byte), and where they begin. */
export const KEY_INDEX: usize = 12 * 1024;
export const KEYS: usize = KEY_INDEX + 2 * 32 * 4;
/** 32 bytes of the key, its id, and room to the next multiple of sixteen. */
export const KEY_STRIDE: usize = 48;

export const QUOTE: u8 = 0x22;
export const BACKSLASH: u8 = 0x5c;
export const COMMA: u8 = 0x2c;
export const COLON: u8 = 0x3a;
export const OPEN_OBJECT: u8 = 0x7b;
export const OPEN_ARRAY: u8 = 0x5b;
/** From an opening bracket to its closing one. */
export const CLOSING: u8 = 2;
