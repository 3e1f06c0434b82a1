import { HEX_DIGITS, SHORT_ESCAPES, SPREAD, SPREAD_LENGTHS } from './memory';

export { escape } from './escape';
export { items } from './items';
export { scan } from './scan';

/** Fills the tables; to be called once. */
export function prepare(): void {
  for (let mask = 0; mask < 256; mask++) {
    let at = 0;
    for (let bit = 0; bit < 8; bit++) {
      if (((mask >> bit) & 1) != 0) store<u8>(SPREAD + mask * 16 + at++, 15);
      store<u8>(SPREAD + mask * 16 + at++, bit as u8);
    }
    store<u8>(SPREAD_LENGTHS + mask, at as u8);
    store<u8>(HEX_DIGITS + mask, hexDigit(mask as u8));
  }
  // "bfnrt/\\ and the quote, eight letters in one number.
  let letters: u64 = 0x2274726e66625c2f;
  for (; letters != 0; letters >>= 8) store<u8>(SHORT_ESCAPES + ((letters & 0xff) as usize), 1);
}

function hexDigit(byte: u8): u8 {
  if (byte - 0x30 < 10) return byte - 0x30;
  const lower = byte | 0x20;
  return lower - 0x61 < 6 ? lower - 0x57 : 255;
}
