import { Refusal } from './refusal.js';

/**
 * Bytes as text, by the definition of UTF-8, one character after the other. Surrogates written as three bytes each
 * (CESU-8) are let through and join in the string; halves left alone become U+FFFD. A byte order mark is left off.
 *
 * @throws Refusal `undecodable` for anything else: overlong forms, cut-off characters, bytes that never occur
 */
export function utf8Text(bytes: Buffer): string {
  let text = '';
  let at = 0;
  while (at < bytes.length) {
    const first = bytes[at];
    const length =
      first < 0x80 ? 1 : first >= 0xc0 && first < 0xe0 ? 2 : first >= 0xe0 && first < 0xf0 ? 3 : first >= 0xf0 && first < 0xf8 ? 4 : 0;
    if (length === 0 || at + length > bytes.length) throw new Refusal('undecodable');
    let code = length === 1 ? first : first & (0xff >> (length + 1));
    for (const byte of bytes.subarray(at + 1, at + length)) {
      if (byte >> 6 !== 0b10) throw new Refusal('undecodable');
      code = (code << 6) | (byte & 0x3f);
    }
    if (code < [0, 0, 0x80, 0x800, 0x10000][length] || code > 0x10ffff) throw new Refusal('undecodable');
    text += code > 0xffff ? String.fromCodePoint(code) : String.fromCharCode(code);
    at += length;
  }
  const wellFormed = text.toWellFormed();
  return wellFormed.startsWith('\ufeff') ? wellFormed.slice(1) : wellFormed;
}
