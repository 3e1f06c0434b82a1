const SNIFF_BYTES = 128;
/** Both alphabets, padding, and the white space that line wrapping and form decoding leave. */
const ALPHABET = new Uint8Array(256);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_= \r\n') ALPHABET[char.charCodeAt(0)] = 1;

export function looksLikeBase64(bytes: Buffer): boolean {
  for (let i = 0; i < Math.min(bytes.length, SNIFF_BYTES); i++) if (ALPHABET[bytes[i]] === 0) return false;
  return bytes.length > 0;
}

/**
 * Decodes leniently: missing padding (curl users), and a space for every `+` that a form decoder ate. Whether the
 * result makes sense is the caller's question: a text such as `undefined` decodes too.
 */
export function decodeBase64(bytes: Buffer): Buffer {
  return Buffer.from(bytes.toString('latin1').trim().replaceAll(' ', '+'), 'base64');
}
