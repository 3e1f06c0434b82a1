import type { ContentEncoding } from './coding.js';
import { isGzip } from './gzip-head.js';
import { isZstd } from './zstd.js';

/** Of the codings that have a magic number. */
export function isCompressed(bytes: Buffer): boolean {
  return isGzip(bytes) || isZstd(bytes);
}

/** RFC 1950 2.2: whether it is zlib's, as HTTP has it, or what is within, as some clients send it. */
export function deflateKind(bytes: Buffer): ContentEncoding {
  return bytes.length > 2 && (bytes[0] & 0x0f) === 8 && bytes.readUInt16BE(0) % 31 === 0 ? 'deflate' : 'deflate-raw';
}

/** So much white space before an object is still looked past. */
const BLANK_BYTES = 1024;

/** Whether the first byte that is neither white space nor a byte order mark opens an object or array; nothing but blanks is for the scanner. */
export function looksLikeJson(bytes: Buffer): boolean {
  const end = Math.min(bytes.length, BLANK_BYTES);
  for (let i = 0; i < end; i++) {
    const byte = bytes[i];
    if (byte === 0x7b || byte === 0x5b) return true;
    const isBlank = byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
    const isMark = byte === 0xef || byte === 0xbb || byte === 0xbf;
    if (!isBlank && !isMark) return false;
  }
  return bytes.length > BLANK_BYTES;
}

const TEXT_BYTES = 128;

/** Whether nothing but printable ASCII and white space is where compressed data have shown themselves long since. */
export function looksLikeText(bytes: Buffer): boolean {
  const end = Math.min(bytes.length, TEXT_BYTES);
  for (let i = 0; i < end; i++) {
    const byte = bytes[i];
    const isBlank = byte === 0x09 || byte === 0x0a || byte === 0x0d;
    if (!isBlank && (byte < 0x20 || byte > 0x7e)) return false;
  }
  return end > 0;
}
