import type { Transform } from 'node:stream';
import { constants, createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';

/** The content codings of HTTP that are understood beside `identity`. */
export const CONTENT_ENCODINGS = ['gzip', 'deflate', 'br', 'zstd'] as const;
export type ContentEncoding = (typeof CONTENT_ENCODINGS)[number];

/** Output of one turn of the thread pool. */
const CHUNK_BYTES = 64 * 1024;

/** RFC 9659: in HTTP no frame of zstd has a larger window than 8 MiB. zstd itself would take 128. */
export const ZSTD_WINDOW_LOG = 23;

// Brotli's windows are 16 MiB at most: the larger ones of its own extension stay off.
const DECOMPRESSORS: Readonly<Record<ContentEncoding, (options: { readonly chunkSize: number }) => Transform & Inflater>> = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: (options) => createZstdDecompress({ ...options, params: { [constants.ZSTD_d_windowLogMax]: ZSTD_WINDOW_LOG } }),
};

interface Inflater {
  /** Of the input so many were read: all but what stands behind the end of the compressed data. */
  readonly bytesWritten: number;
}

export function decompressor(coding: ContentEncoding): Transform & Inflater {
  return DECOMPRESSORS[coding]({ chunkSize: CHUNK_BYTES });
}
