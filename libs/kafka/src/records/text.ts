/** UTF-8 bytes of a text. Header values are short and ASCII, where looking is cheaper than asking Buffer (30 against 50 ns for a uuid). */
export function textSize(text: string): number {
  const { length } = text;
  if (length > 256) return Buffer.byteLength(text);
  for (let i = 0; i < length; i++) if (text.charCodeAt(i) > 0x7f) return Buffer.byteLength(text);
  return length;
}

/** Writes a text of `size` UTF-8 bytes; returns the position after it. */
export function writeText(target: Buffer, at: number, text: string, size: number): number {
  // As many bytes as chars: it is ASCII. A native write costs about 60 ns however short the text.
  if (size !== text.length || size > 64) return at + target.write(text, at, size, size === text.length ? 'latin1' : 'utf8');
  for (let i = 0; i < size; i++) target[at++] = text.charCodeAt(i);
  return at;
}
