import { CaptureError, type Steps } from '@app/event';
import type { Reserve } from '../byte-budget.js';
import { inPieces } from '../pieces.js';
import type { Turn } from '../scan/scan-payload.js';

/** Base64 digit of each char code; `=` and foreign characters count as zero bits. */
const DIGITS = new Uint8Array(256);
const ALPHABET = Buffer.from('ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/');
ALPHABET.forEach((char, digit) => (DIGITS[char] = digit));

export interface Lz64Limits {
  /** The most bytes on the wire: SDKs that send it send kilobytes. */
  readonly maxLz64Bytes: number;
  /** The most UTF-16 units to produce. */
  readonly maxInflatedBytes: number;
  /** Called as the output grows. */
  readonly reserve: Reserve;
  readonly turn: Turn;
}

/** Output of one turn: some milliseconds. */
const TURN_UNITS = 1 << 20;

/**
 * lz-string's base64 form, as posthog-js up to 1.20 and lite 2 send it. Ours because the library has no cap, and LZ
 * grows with the square of its input.
 *
 * @returns UTF-8
 * @throws CaptureError `undecodable`, `payload_too_big`, `transient` when the budget is spent
 */
export function* decodeLz64(bytes: Buffer, limits: Lz64Limits): Steps<Buffer> {
  const { maxLz64Bytes, maxInflatedBytes, reserve, turn } = limits;
  if (bytes.length > maxLz64Bytes)
    throw new CaptureError('payload_too_big', `${bytes.length} bytes of lz64 exceed the limit of ${maxLz64Bytes} bytes (MAX_LZ64_BYTES)`);
  const inflation = new Lz64Inflation(bytes, maxInflatedBytes, reserve);
  while (!inflation.advance(TURN_UNITS)) yield turn();
  return yield* utf8Of(inflation.units, reserve, turn);
}

/** A string joins surrogate halves into characters on the way to UTF-8. */
function* utf8Of(units: Uint16Array<ArrayBuffer>, reserve: Reserve, turn: Turn): Steps<Buffer> {
  const pieces: Buffer[] = [];
  let from = 0;
  yield* inPieces(units.length, turn, (_from, to) => {
    // A pair stays together.
    const end = to < units.length && (units[to] & 0xfc00) === 0xdc00 ? to + 1 : to;
    const piece = Buffer.from(Buffer.from(units.buffer, from * 2, (end - from) * 2).toString('utf16le'));
    const refusal = reserve(piece.length);
    if (refusal) throw refusal;
    pieces.push(piece);
    from = end;
  });
  return pieces.length === 1 ? pieces[0] : Buffer.concat(pieces);
}

const END = 2;

/** Every dictionary entry is a span of the output: an entry is always "the previous one and one more char", and that stands there. */
class Lz64Inflation {
  private output: Uint16Array<ArrayBuffer>;
  private length = 0;
  private readonly spans = new Spans();
  private width = 3;
  private untilWider = 4;
  private previousStart = 0;
  private previousLength = 1;
  private isBegun = false;
  /** Of the input. */
  private at = 0;
  private mask = 0x20;

  constructor(
    private readonly bytes: Buffer,
    private readonly cap: number,
    private readonly reserve: Reserve,
  ) {
    this.output = this.allocate(Math.min(cap, Math.max(1024, bytes.length * 4)));
  }

  get units(): Uint16Array<ArrayBuffer> {
    return this.output.subarray(0, this.length);
  }

  /** Goes on for about so many units of output. @returns whether that was all */
  advance(units: number): boolean {
    const until = this.length + units;
    if (!this.isBegun && !this.begin()) return true;
    const { spans } = this;
    while (this.length < until) {
      let code = this.bits(this.width);
      if (code === END) return true;
      const at = this.length;
      if (code < END) {
        this.makeRoom(1);
        this.output[at] = this.literal(code);
        code = spans.add(at, 1);
        this.countDown();
      }
      const isOwnTail = code === spans.count;
      if (code > spans.count) throw corrupt();
      const start = isOwnTail ? this.previousStart : spans.starts[code];
      const size = isOwnTail ? this.previousLength + 1 : spans.lengths[code];
      this.makeRoom(size);
      this.copy(start, at, size, isOwnTail);
      spans.add(this.previousStart, this.previousLength + 1);
      this.countDown();
      this.previousStart = at;
      this.previousLength = size;
    }
    return false;
  }

  /** @returns false when there is nothing */
  private begin(): boolean {
    this.isBegun = true;
    const first = this.bits(2);
    if (first === END) return false;
    if (first > END) throw corrupt();
    this.makeRoom(1);
    this.output[this.length++] = this.literal(first);
    this.spans.add(0, 1);
    return true;
  }

  private copy(start: number, at: number, size: number, isOwnTail: boolean): void {
    const { output, previousLength } = this;
    // Char by char: the source may run into what is being written (`isOwnTail`).
    for (let i = 0; i < size; i++) output[at + i] = output[i < previousLength || !isOwnTail ? start + i : at];
    this.length = at + size;
  }

  /** Reads a literal char, appends nothing, returns it. */
  private literal(command: number): number {
    return this.bits(command === 0 ? 8 : 16);
  }

  private countDown(): void {
    if (--this.untilWider === 0) this.untilWider = 2 ** this.width++;
  }

  private makeRoom(more: number): void {
    const { cap, length, output } = this;
    if (length + more > cap) throw new CaptureError('payload_too_big', `lz64 payload would exceed ${cap} characters (MAX_INFLATED_BYTES)`);
    if (length + more <= output.length) return;
    const larger = this.allocate(Math.min(cap, Math.max(output.length * 2, length + more)));
    larger.set(output);
    this.output = larger;
  }

  private allocate(units: number): Uint16Array<ArrayBuffer> {
    const refusal = this.reserve(units * 2);
    if (refusal) throw refusal;
    return new Uint16Array(units);
  }

  /** Reads a number of `width` bits, least significant first, from six bits a char, most significant first. */
  private bits(width: number): number {
    const { bytes } = this;
    let { at, mask } = this;
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
    this.at = at;
    this.mask = mask;
    return value;
  }
}

/** Spans by code; codes 0 to 2 are commands. */
class Spans {
  starts = new Int32Array(1024);
  lengths = new Int32Array(1024);
  count = 3;

  /** @returns its code */
  add(start: number, length: number): number {
    const { count } = this;
    if (count === this.starts.length) {
      this.starts = doubled(this.starts);
      this.lengths = doubled(this.lengths);
    }
    this.starts[count] = start;
    this.lengths[count] = length;
    return this.count++;
  }
}

function doubled(array: Int32Array<ArrayBuffer>): Int32Array<ArrayBuffer> {
  const larger = new Int32Array(array.length * 2);
  larger.set(array);
  return larger;
}

function corrupt(): CaptureError {
  return new CaptureError('undecodable', 'decompress_lz64: failed decompress to UTF16');
}
