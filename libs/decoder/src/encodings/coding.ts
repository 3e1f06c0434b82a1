import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';

/** The content codings of HTTP that are understood beside `identity`. */
export const CONTENT_ENCODINGS = ['gzip', 'deflate', 'br', 'zstd'] as const;
export type ContentEncoding = (typeof CONTENT_ENCODINGS)[number];

/** Output of one turn of the thread pool. */
const CHUNK_BYTES = 64 * 1024;

const DECOMPRESSORS: Readonly<Record<ContentEncoding, (options: { readonly chunkSize: number }) => Transform>> = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

export function decompressor(coding: ContentEncoding): Transform {
  return DECOMPRESSORS[coding]({ chunkSize: CHUNK_BYTES });
}
