const SNIFF_BYTES = 128;

/** Whether nothing but printable ASCII and white space is where compressed data have shown themselves long since. */
export function looksLikeText(bytes: Buffer): boolean {
  const end = Math.min(bytes.length, SNIFF_BYTES);
  for (let i = 0; i < end; i++) {
    const byte = bytes[i];
    const isBlank = byte === 0x09 || byte === 0x0a || byte === 0x0d;
    if (!isBlank && (byte < 0x20 || byte > 0x7e)) return false;
  }
  return end > 0;
}
