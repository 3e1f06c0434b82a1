import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createInflateRaw, createZstdDecompress } from 'node:zlib';
import { CaptureError } from '@app/event';

/** The content codings of HTTP that are understood beside `identity`. */
export const CONTENT_ENCODINGS = ['gzip', 'deflate', 'br', 'zstd'] as const;
/** The last is deflate without zlib's head and checksum: what some clients call `deflate`, and what gzip has within. */
export type ContentEncoding = (typeof CONTENT_ENCODINGS)[number] | 'deflate-raw';

/** @param name in lower case */
export function contentEncodingOf(name: string): ContentEncoding | undefined {
  // RFC 9110 8.4.1.3.
  return name === 'x-gzip' ? 'gzip' : CONTENT_ENCODINGS.find((known) => known === name);
}

/** Undefined for `identity`. @throws CaptureError `undecodable` for what is not understood */
export function codingOf(header: string | undefined): ContentEncoding | undefined {
  const name = header?.trim().toLowerCase() ?? '';
  if (name === '' || name === 'identity') return undefined;
  const coding = contentEncodingOf(name);
  if (coding === undefined) throw new CaptureError('undecodable', `Content-Encoding must be one of ${CONTENT_ENCODINGS.join(', ')}`);
  return coding;
}

/** Output of one turn of the thread pool. */
const CHUNK_BYTES = 64 * 1024;

/**
 * What a decompressor keeps beside its output, for data that refer back to it, bytes at most: larger windows are refused. It is never more
 * than what has come out, since none touches the memory of its window before that.
 */
export const LARGEST_WINDOW: Readonly<Record<ContentEncoding, number>> = {
  gzip: 32 * 1024,
  deflate: 32 * 1024,
  'deflate-raw': 32 * 1024,
  // The larger ones of its extension stay off.
  br: 2 ** 24,
  // zstd's default. RFC 9659 allows 2^23 in HTTP; clients that were never told so are taken too.
  zstd: 2 ** 27,
};

const DECOMPRESSORS: Readonly<Record<ContentEncoding, (options: { readonly chunkSize: number }) => Transform & Inflater>> = {
  gzip: createGunzip,
  deflate: createInflate,
  'deflate-raw': createInflateRaw,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

interface Inflater {
  /** Of the input so many were read: all but what stands behind the end of the compressed data. */
  readonly bytesWritten: number;
}

export function decompressor(coding: ContentEncoding): Transform & Inflater {
  return DECOMPRESSORS[coding]({ chunkSize: CHUNK_BYTES });
}
