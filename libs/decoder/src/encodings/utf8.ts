import { isUtf8 } from 'node:buffer';
import type { Steps } from '@app/event';
import { inPieces } from '../pieces.js';
import type { Turn } from '../scan/scan-payload.js';

/** The bytes without a byte order mark when they are valid UTF-8, as nearly all are; undefined otherwise. */
export function validUtf8(bytes: Buffer): Buffer | undefined {
  const body = withoutMark(bytes);
  return isUtf8(body) ? body : undefined;
}

function withoutMark(bytes: Buffer): Buffer {
  return bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? bytes.subarray(3) : bytes;
}

/**
 * The bytes as valid UTF-8 without a byte order mark, or undefined. Old posthog-js writes CESU-8 (a surrogate pair
 * as two times three bytes): pairs become the character they mean, lone halves U+FFFD.
 */
export function* utf8Steps(bytes: Buffer, turn: Turn): Steps<Buffer | undefined> {
  const body = withoutMark(bytes);
  if (isUtf8(body)) return body;
  // What is no UTF-8 for another reason, noise above all, is nearly always told by its beginning.
  if (body.length > SNIFF_BYTES && !isUtf8(restoreSurrogates(untilLastCharacter(body.subarray(0, SNIFF_BYTES))))) return undefined;
  const restorer = new SurrogateRestorer(body);
  yield* inPieces(body.length, turn, (_from, to) => restorer.goTo(to));
  const restored = restorer.finish();
  return isUtf8(restored) ? restored : undefined;
}

const SNIFF_BYTES = 64 * 1024;

/** The last one may be cut off. */
function untilLastCharacter(bytes: Buffer): Buffer {
  let end = bytes.length - 1;
  while (end > 0 && (bytes[end] & 0xc0) === 0x80) end--;
  return bytes.subarray(0, end);
}

function restoreSurrogates(bytes: Buffer): Buffer {
  const restorer = new SurrogateRestorer(bytes);
  restorer.goTo(bytes.length);
  return restorer.finish();
}

/** Writes the result into a copy: it is never longer. */
class SurrogateRestorer {
  private readonly result: Buffer;
  private from = 0;
  private to = 0;

  constructor(private readonly bytes: Buffer) {
    this.result = Buffer.allocUnsafe(bytes.length);
  }

  /** Up to this position, or a little further. */
  goTo(end: number): void {
    const { bytes, result } = this;
    let { from, to } = this;
    while (from < end) {
      const unit = bytes[from] === 0xed ? surrogateAt(bytes, from) : 0;
      if (unit === 0) {
        result[to++] = bytes[from++];
        continue;
      }
      from += 3;
      const low = unit < 0xdc00 ? surrogateAt(bytes, from) : 0;
      if (low >= 0xdc00) from += 3;
      to = writeCharacter(result, to, low >= 0xdc00 ? 0x10000 + ((unit & 0x3ff) << 10) + (low & 0x3ff) : 0xfffd);
    }
    this.from = from;
    this.to = to;
  }

  finish(): Buffer {
    return this.result.subarray(0, this.to);
  }
}

/** A character of three or four bytes. @returns where the next one goes */
function writeCharacter(target: Buffer, at: number, code: number): number {
  let to = at;
  if (code > 0xffff) {
    target[to++] = 0xf0 | (code >> 18);
    target[to++] = 0x80 | ((code >> 12) & 0x3f);
  } else {
    target[to++] = 0xe0 | (code >> 12);
  }
  target[to++] = 0x80 | ((code >> 6) & 0x3f);
  target[to++] = 0x80 | (code & 0x3f);
  return to;
}

/** The surrogate that three bytes at `at` encode, or 0. */
function surrogateAt(bytes: Buffer, at: number): number {
  // Also what is cut off at the end: a surrogate's first byte alone is no surrogate.
  if (at + 2 >= bytes.length || bytes[at] !== 0xed) return 0;
  if (bytes[at + 1] < 0xa0 || bytes[at + 1] > 0xbf || bytes[at + 2] < 0x80 || bytes[at + 2] > 0xbf) return 0;
  return 0xd000 | ((bytes[at + 1] & 0x3f) << 6) | (bytes[at + 2] & 0x3f);
}
