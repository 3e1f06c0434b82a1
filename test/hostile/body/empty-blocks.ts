import { crc32 } from 'node:zlib';

/**
 * Blocks of compressed data that hold nothing, each as short as its format allows: what begins the data, what is repeated, and what ends
 * them with up to 64 KB in one block, as they are.
 */
export const EMPTY_BLOCKS = {
  /** Stored, of no length. */
  gzip: { begin: Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]), block: Buffer.from([0, 0, 0, 0xff, 0xff]), end: gzipEnd },
  deflate: { begin: Buffer.from([0x78, 0x9c]), block: Buffer.from([0, 0, 0, 0xff, 0xff]), end: zlibEnd },
  /** Metadata of no length. */
  br: { begin: Buffer.from([0x0c]), block: Buffer.from([0x06]), end: brotliEnd },
  /** Raw, of no length. */
  zstd: { begin: Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, 0x58]), block: Buffer.from([0, 0, 0]), end: zstdEnd },
} as const;

function gzipEnd(data: Buffer): Buffer {
  return Buffer.concat([storedBlock(data), u32(crc32(data), 'LE'), u32(data.length, 'LE')]);
}

function zlibEnd(data: Buffer): Buffer {
  // Adler-32.
  let [a, b] = [1, 0];
  for (const byte of data) {
    a = (a + byte) % 65_521;
    b = (b + a) % 65_521;
  }
  return Buffer.concat([storedBlock(data), u32(b * 65_536 + a, 'BE')]);
}

function storedBlock(data: Buffer): Buffer {
  return Buffer.concat([Buffer.from([1]), Buffer.from(new Uint16Array([data.length, 0xffff - data.length]).buffer), data]);
}

/** A metablock that is not compressed, and the last one, empty. */
function brotliEnd(data: Buffer): Buffer {
  const head = Buffer.alloc(3);
  head.writeUIntLE(((data.length - 1) << 3) | (1 << 19), 0, 3);
  return Buffer.concat([head, data, Buffer.from([3])]);
}

function zstdEnd(data: Buffer): Buffer {
  const head = Buffer.alloc(3);
  head.writeUIntLE((data.length << 3) | 1, 0, 3);
  return Buffer.concat([head, data]);
}

function u32(value: number, order: 'LE' | 'BE'): Buffer {
  const bytes = Buffer.alloc(4);
  if (order === 'LE') bytes.writeUInt32LE(value);
  else bytes.writeUInt32BE(value);
  return bytes;
}

/**
 * Blocks of deflate that bring a table of codes each, which is dear to read. Eight of them, so that they end with a byte.
 *
 * @param matches how many copies of 258 bytes each block has; 0 for none, and no data at all
 */
export function tableBlocks(matches: number): Buffer {
  const bits: number[] = [];
  for (let i = 0; i < 8; i++) tableBlock(bits, matches);
  return Buffer.from(
    Array.from({ length: bits.length / 8 }, (_, i) => bits.slice(8 * i, 8 * i + 8).reduce((sum, bit, at) => sum | (bit << at), 0)),
  );
}

const END_OF_BLOCK = 256;
const COPY_258 = 285;
/** In which order RFC 1951 3.2.7 has the lengths of the codes for lengths. */
const ORDER = [16, 17, 18, 0, 8, 7, 9, 6, 10, 5, 11, 4, 12, 3, 13, 2, 14, 1, 15];
/** Codes for lengths: 18 (that many zeros), 1, and 2. */
const LENGTH_CODES = new Map([
  [18, [0]],
  [1, [1, 0]],
  [2, [1, 1]],
]);

function tableBlock(bits: number[], matches: number): void {
  const number = (value: number, width: number) => bits.push(...Array.from({ length: width }, (_, i) => (value >> i) & 1));
  const length = (symbol: number) => bits.push(...LENGTH_CODES.get(symbol)!);
  const zeros = (count: number) => (length(18), number(count - 11, 7));
  // Not the last, dynamic; 286 codes for what comes, one for distances, all nineteen for lengths.
  number(0, 1);
  number(2, 2);
  number(COPY_258 + 1 - 257, 5);
  number(0, 5);
  number(ORDER.length - 4, 4);
  for (const symbol of ORDER) number(LENGTH_CODES.get(symbol)?.length ?? 0, 3);
  // A literal, the end, the copy: 2, 2 and 1 bits.
  zeros(65);
  length(2);
  zeros(138);
  zeros(END_OF_BLOCK - 66 - 138);
  length(2);
  zeros(COPY_258 - END_OF_BLOCK - 1);
  length(1);
  length(1);
  if (matches > 0) bits.push(1, 0);
  for (let i = 0; i < matches; i++) bits.push(0, 0);
  bits.push(1, 1);
}
