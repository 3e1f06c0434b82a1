import { CaptureError } from '@app/event';
import type { Reserve } from '../byte-budget.js';

/** Base64 digit of each char code; `=` and foreign characters count as zero bits. */
const DIGITS = new Uint8Array(256);
const ALPHABET = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
ALPHABET.forEach((char, digit) => (DIGITS[char] = digit));

const END = 2;

/**
 * lz-string's base64 form, as posthog-js up to 1.20 and lite 2 send it. Ours because the library has no cap, and LZ
 * grows with the square of its input. Every dictionary entry is a span of the output: an entry is always "the previous
 * one and one more char", and that stands in the output already.
 *
 * @param cap the most UTF-16 units to produce
 * @param reserve called as the output grows
 * @returns UTF-8
 * @throws CaptureError `undecodable`, `payload_too_big`, `transient` when the budget is spent
 */
export function decodeLz64(bytes: Buffer, cap: number, reserve: Reserve): Buffer {
  const bits = bitReader(bytes);
  // Spans by code; codes 0 to 2 are commands.
  const starts: number[] = [0, 0, 0];
  const lengths: number[] = [0, 0, 0];
  let output = allocate(Math.min(cap, Math.max(1024, bytes.length * 4)));
  let length = 0;

  function allocate(units: number): Uint16Array<ArrayBuffer> {
    const refusal = reserve(units * 2);
    if (refusal) throw refusal;
    return new Uint16Array(units);
  }

  const room = (more: number) => {
    if (length + more > cap) throw new CaptureError('payload_too_big', `lz64 payload would exceed ${cap} characters (MAX_INFLATED_BYTES)`);
    if (length + more <= output.length) return;
    const larger = allocate(Math.min(cap, Math.max(output.length * 2, length + more)));
    larger.set(output);
    output = larger;
  };
  /** Reads a literal char, appends nothing, returns it. */
  const literal = (command: number) => bits(command === 0 ? 8 : 16);

  const first = bits(2);
  if (first === END) return Buffer.alloc(0);
  if (first > END) throw corrupt();
  room(1);
  output[length++] = literal(first);
  starts.push(0);
  lengths.push(1);
  let width = 3;
  let untilWider = 4;
  let previousStart = 0;
  let previousLength = 1;
  const countDown = () => {
    if (--untilWider === 0) untilWider = 2 ** width++;
  };

  for (;;) {
    let code = bits(width);
    if (code === END) break;
    const at = length;
    if (code < END) {
      room(1);
      output[at] = literal(code);
      code = starts.length;
      starts.push(at);
      lengths.push(1);
      countDown();
    }
    const isOwnTail = code === starts.length;
    if (code > starts.length) throw corrupt();
    const start = isOwnTail ? previousStart : starts[code];
    const size = isOwnTail ? previousLength + 1 : lengths[code];
    room(size);
    // Char by char: the source may run into what is being written (`isOwnTail`).
    for (let i = 0; i < size; i++) output[at + i] = output[i < previousLength || !isOwnTail ? start + i : at];
    length = at + size;
    starts.push(previousStart);
    lengths.push(previousLength + 1);
    countDown();
    previousStart = at;
    previousLength = size;
  }
  // A string joins surrogate halves into characters on the way to UTF-8.
  return Buffer.from(Buffer.from(output.buffer, 0, length * 2).toString('utf16le'));
}

/** Reads numbers of `width` bits, least significant first, from six bits a char, most significant first. */
function bitReader(bytes: Buffer): (width: number) => number {
  let at = 0;
  let mask = 0x20;
  return (width) => {
    let value = 0;
    for (let bit = 0; bit < width; bit++) {
      if (at >= bytes.length) throw corrupt();
      if ((DIGITS[bytes[at]] & mask) !== 0) value |= 1 << bit;
      mask >>= 1;
      if (mask === 0) {
        mask = 0x20;
        at++;
      }
    }
    return value;
  };
}

function corrupt(): CaptureError {
  return new CaptureError('undecodable', 'decompress_lz64: failed decompress to UTF16');
}
