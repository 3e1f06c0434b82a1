import { CaptureError, type Steps } from '@app/event';
import type { Reserve } from '../byte-budget.js';
import { inPieces } from '../pieces.js';
import type { Turn } from '../scan/scan-payload.js';

const SNIFF_BYTES = 128;
/** Both alphabets, padding, and the white space that line wrapping and form decoding leave. */
const ALPHABET = new Uint8Array(256);
for (const char of 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/-_= \r\n') ALPHABET[char.charCodeAt(0)] = 1;

export function looksLikeBase64(bytes: Buffer): boolean {
  for (let i = 0; i < Math.min(bytes.length, SNIFF_BYTES); i++) if (ALPHABET[bytes[i]] === 0) return false;
  return bytes.length > 0;
}

export interface Base64Limits {
  /** The most characters: no more could come uncompressed. */
  readonly maxBase64Bytes: number;
  readonly reserve: Reserve;
  readonly turn: Turn;
}

/**
 * Decodes leniently: missing padding (curl users), and a space for every `+` that a form decoder ate. Whether the
 * result makes sense is the caller's question: a text such as `undefined` decodes too.
 *
 * @throws CaptureError `payload_too_big`, `transient` when the budget is spent
 */
export function* decodeBase64(bytes: Buffer, { maxBase64Bytes, reserve, turn }: Base64Limits): Steps<Buffer> {
  if (bytes.length > maxBase64Bytes)
    throw new CaptureError(
      'payload_too_big',
      `${bytes.length} bytes of base64 exceed the limit of ${maxBase64Bytes} bytes (MAX_BODY_BYTES)`,
    );
  // A copy with its spaces replaced, the text of it, and the result.
  const refusal = reserve(3 * bytes.length);
  if (refusal) throw refusal;
  const text = yield* restorePlus(trimmed(bytes), turn);
  const base64 = text.latin1Slice(0, text.length);
  if (text.length > LARGE_BYTES) yield turn();
  return Buffer.from(base64, 'base64');
}

const LARGE_BYTES = 1 << 20;
const SPACE = 0x20;
const PLUS = 0x2b;

/** The same bytes with a `+` for each space. */
export function* restorePlus(bytes: Buffer, turn: Turn): Steps<Buffer> {
  if (!bytes.includes(SPACE)) return bytes;
  const restored = Buffer.allocUnsafe(bytes.length);
  yield* inPieces(bytes.length, turn, (from, to) => {
    for (let i = from; i < to; i++) restored[i] = bytes[i] === SPACE ? PLUS : bytes[i];
  });
  return restored;
}

/** Without the white space around it: its spaces were never a `+`. */
function trimmed(bytes: Buffer): Buffer {
  let start = 0;
  let end = bytes.length;
  while (start < end && isBlank(bytes[start])) start++;
  while (end > start && isBlank(bytes[end - 1])) end--;
  return bytes.subarray(start, end);
}

function isBlank(byte: number): boolean {
  return byte === SPACE || (byte >= 0x09 && byte <= 0x0d);
}
