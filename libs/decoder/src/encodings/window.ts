import { ZSTD_WINDOW_LOG, type ContentEncoding } from './coding.js';

const KIB = 1024;
const DEFLATE_BYTES = 64 * KIB;
const LARGEST_ZSTD_BYTES = 2 ** ZSTD_WINDOW_LOG;

/**
 * What a decompressor holds beside its output, bytes: what the compressed data may refer back to is kept in a window, whose size their
 * head tells. Larger ones than are taken count as the largest: the decompressor refuses them.
 */
export function windowBytes(bytes: Buffer, coding: ContentEncoding): number {
  if (coding === 'br') return 2 ** brotliWindowLog(bytes[0] ?? 0);
  return coding === 'zstd' ? Math.min(zstdWindow(bytes), LARGEST_ZSTD_BYTES) : DEFLATE_BYTES;
}

/** RFC 7932 9.1: one, four or seven bits. */
function brotliWindowLog(first: number): number {
  if ((first & 1) === 0) return 16;
  const three = (first >> 1) & 7;
  if (three !== 0) return 17 + three;
  const more = (first >> 4) & 7;
  // 1 is for larger windows, which are refused.
  return more === 0 ? 17 : 8 + more;
}

/** Frames and blocks that are looked at: an honest body of 50 MB has some 400. */
const MOST_BLOCKS = 4096;
const FRAME_MAGIC = 0xfd2fb528;
const SKIPPABLE_MAGIC = 0x184d2a5;
const RLE = 1;

/** The largest of all frames (RFC 8878 3.1), in a walk from head to head; the largest that is taken where that cannot be told. */
function zstdWindow(bytes: Buffer): number {
  let largest = 0;
  let looks = 0;
  for (let at = 0; at + 6 <= bytes.length;) {
    const magic = bytes.readUInt32LE(at);
    if (magic >>> 4 === SKIPPABLE_MAGIC && at + 8 <= bytes.length) {
      at += 8 + bytes.readUInt32LE(at + 4);
      if (++looks > MOST_BLOCKS) return LARGEST_ZSTD_BYTES;
      continue;
    }
    // Nothing that is read: it is refused, or ignored behind a frame.
    if (magic !== FRAME_MAGIC) return largest;
    const { window, headBytes, checksumBytes } = frameHead(bytes, at + 4);
    largest = Math.max(largest, window);
    at += headBytes + 4;
    for (let isLast = false; !isLast && at + 3 <= bytes.length;) {
      const head = bytes.readUIntLE(at, 3);
      isLast = (head & 1) === 1;
      at += 3 + (((head >> 1) & 3) === RLE ? 1 : head >> 3);
      if (++looks > MOST_BLOCKS) return LARGEST_ZSTD_BYTES;
    }
    at += checksumBytes;
  }
  return largest;
}

/** @param at behind the magic number; where it is cut off there are zeros */
function frameHead(bytes: Buffer, at: number) {
  const head = bytes[at];
  const isSingle = (head & 0x20) !== 0;
  const sizeBytes = head >> 6 === 0 ? (isSingle ? 1 : 0) : 1 << (head >> 6);
  const idBytes = [0, 1, 2, 4][head & 3];
  const headBytes = 1 + (isSingle ? 0 : 1) + idBytes + sizeBytes;
  const checksumBytes = (head & 4) === 0 ? 0 : 4;
  return { window: isSingle ? contentBytes(bytes, at + 1 + idBytes, sizeBytes) : declared(bytes[at + 1]), headBytes, checksumBytes };
}

function declared(descriptor: number): number {
  const base = 2 ** (10 + (descriptor >> 3));
  return base + (base / 8) * (descriptor & 7);
}

/** A frame in one segment has a window as large as its content. */
function contentBytes(bytes: Buffer, at: number, sizeBytes: number): number {
  if (at + sizeBytes > bytes.length) return 0;
  const size = bytes.readUIntLE(at, Math.min(sizeBytes, 6));
  return sizeBytes === 2 ? size + 256 : size;
}
