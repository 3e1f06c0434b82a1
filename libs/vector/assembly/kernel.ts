import { HEX_DIGITS, SHORT_ESCAPES, SPREAD, SPREAD_LENGTHS } from './memory';

export { escape } from './escape';
export { beginItems, nextRun, runEnd, runEscaped, runEscapedEnd, runStart } from './items';
export { editCount, fault, faultAt } from './json';
export { members } from './members';
export { beginScan, scan } from './scan';
export { tape, tapeStart } from './tape';

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
  escapeLetter(0x22, 0x22);
  escapeLetter(0x5c, 0x5c);
  escapeLetter(0x2f, 0x2f);
  escapeLetter(0x62, 0x08);
  escapeLetter(0x66, 0x0c);
  escapeLetter(0x6e, 0x0a);
  escapeLetter(0x72, 0x0d);
  escapeLetter(0x74, 0x09);
}

function escapeLetter(letter: u8, meaning: u8): void {
  store<u8>(SHORT_ESCAPES + letter, meaning);
}

function hexDigit(byte: u8): u8 {
  if (byte - 0x30 < 10) return byte - 0x30;
  const lower = byte | 0x20;
  return lower - 0x61 < 6 ? lower - 0x57 : 255;
}
