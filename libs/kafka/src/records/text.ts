/** UTF-8 bytes of a text. Most are short and ASCII, where looking is cheaper than asking Buffer: 20 against 45 ns for a uuid. */
export function textSize(text: string): number {
  const { length } = text;
  if (length > SHORT) return Buffer.byteLength(text);
  for (let i = 0; i < length; i++) if (text.charCodeAt(i) > 0x7f) return Buffer.byteLength(text);
  return length;
}

/** Above it the native calls win. */
const SHORT = 100;

/** Writes a short ASCII text, a byte a char; returns false (some bytes are then written in vain) when it is not. */
export function writeAscii(target: Buffer, at: number, text: string): boolean {
  const { length } = text;
  if (length > SHORT) return false;
  // A native write costs 60 ns however short the text; this is 30 for a uuid.
  for (let i = 0; i < length; i++) {
    const char = text.charCodeAt(i);
    if (char > 0x7f) return false;
    target[at + i] = char;
  }
  return true;
}
