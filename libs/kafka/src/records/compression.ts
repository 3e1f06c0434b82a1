import { promisify } from 'node:util';
import { gzip, zstdCompress } from 'node:zlib';
import { lz4Compress, snappyCompress } from '@platformatic/wasm-utils';
import type { Codec } from '../kafka.config.js';

const gzipAside = promisify(gzip);
const zstdAside = promisify(zstdCompress);

/** The codec's number in a record batch's attributes. */
export const CODEC_BITS: Readonly<Record<Codec, number>> = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 };

/** Compresses the records of a batch. gzip and zstd work beside the event loop: a megabyte would hold it up for 10 ms and more. */
export function compress(codec: Exclude<Codec, 'none'>, records: Buffer): Buffer | Promise<Buffer> {
  switch (codec) {
    case 'gzip':
      return gzipAside(records);
    case 'zstd':
      return zstdAside(records);
    case 'snappy':
      return snappyCompress(records);
    case 'lz4':
      return lz4Compress(records);
  }
}
