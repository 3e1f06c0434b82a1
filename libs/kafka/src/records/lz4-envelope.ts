import { lz4Compress } from '@platformatic/wasm-utils';

const SIZE_BYTES = 4;
/** Of a token's halves: the rest of the length follows in bytes of its own. */
const MORE = 15;
const FULL_BYTE = 255;
const OFFSET_BYTES = 2;

/**
 * The value as PostHog's consumers of recordings take it apart: four bytes with its size, little-endian, and one LZ4 block of it.
 * The library writes frames, whose blocks are put together here; all that changes of them is where one ends and the next begins.
 */
export function lz4Envelope(value: Buffer): Buffer {
  const frame = lz4Compress(value);
  // Literals of two blocks that become one may need a byte more for their length, and bytes that were left as they are many.
  const out = Buffer.allocUnsafe(SIZE_BYTES + frame.length + Math.ceil(frame.length / FULL_BYTE) + 16);
  out.writeUInt32LE(value.length);
  const joined = new Joined(out, SIZE_BYTES);
  for (const { bytes, isRaw } of blocksOf(frame)) {
    if (isRaw) joined.literals(bytes);
    else joined.block(bytes);
  }
  return out.subarray(0, joined.end());
}

interface FrameBlock {
  readonly bytes: Buffer;
  readonly isRaw: boolean;
}

const HAS_DICTIONARY = 0x01;
const HAS_SIZE = 0x08;
const HAS_CHECKSUMS = 0x10;
const IS_RAW = 0x8000_0000;

/** LZ4 frame format 1.6: a head, blocks, a size of 0. */
function* blocksOf(frame: Buffer): Generator<FrameBlock> {
  const flags = frame[4];
  let at = 7 + ((flags & HAS_SIZE) === 0 ? 0 : 8) + ((flags & HAS_DICTIONARY) === 0 ? 0 : 4);
  for (;;) {
    const size = frame.readUInt32LE(at);
    if (size === 0) return;
    const length = size % IS_RAW;
    at += 4;
    yield { bytes: frame.subarray(at, at + length), isRaw: size >= IS_RAW };
    at += length + ((flags & HAS_CHECKSUMS) === 0 ? 0 : 4);
  }
}

/** Sequences of blocks, one behind the other. The last of a block has literals alone: they go to the first of the next. */
class Joined {
  private carried: Buffer[] = [];
  private carriedBytes = 0;

  constructor(
    private readonly out: Buffer,
    private at: number,
  ) {}

  literals(bytes: Buffer): void {
    this.carried.push(bytes);
    this.carriedBytes += bytes.length;
  }

  block(bytes: Buffer): void {
    let from = 0;
    for (let at = 0; ;) {
      const begin = at;
      const token = bytes[at++];
      let length = token >> 4;
      if (length === MORE) for (let byte = FULL_BYTE; byte === FULL_BYTE; length += byte) byte = bytes[at++];
      const literals = bytes.subarray(at, at + length);
      at += length;
      if (at >= bytes.length) {
        this.copy(bytes.subarray(from, begin));
        this.literals(literals);
        return;
      }
      const match = at;
      at += OFFSET_BYTES;
      if ((token & MORE) === MORE) while (bytes[at++] === FULL_BYTE);
      if (begin > 0 || this.carriedBytes === 0) continue;
      this.literals(literals);
      this.writeLiterals(token & MORE);
      this.copy(bytes.subarray(match, at));
      from = at;
    }
  }

  /** @returns how much of the output is full */
  end(): number {
    this.writeLiterals(0);
    return this.at;
  }

  /** A token, the length, and what is carried. */
  private writeLiterals(matchLength: number): void {
    let rest = this.carriedBytes;
    this.out[this.at++] = (Math.min(rest, MORE) << 4) | matchLength;
    if (rest >= MORE) {
      for (rest -= MORE; rest >= FULL_BYTE; rest -= FULL_BYTE) this.out[this.at++] = FULL_BYTE;
      this.out[this.at++] = rest;
    }
    for (const bytes of this.carried) this.copy(bytes);
    this.carried = [];
    this.carriedBytes = 0;
  }

  private copy(bytes: Buffer): void {
    this.at += bytes.copy(this.out, this.at);
  }
}
