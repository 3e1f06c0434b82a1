import type { Transform } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate, createZstdDecompress } from 'node:zlib';
import { CaptureError } from '@app/event';
import type { Reserve } from '../byte-budget.js';
import { withPermit } from './permit.js';

/** The content codings of HTTP that are understood beside `identity`. */
export const CONTENT_ENCODINGS = ['gzip', 'deflate', 'br', 'zstd'] as const;
export type ContentEncoding = (typeof CONTENT_ENCODINGS)[number];

const DECOMPRESSORS: Readonly<Record<ContentEncoding, () => Transform>> = {
  gzip: createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
  zstd: createZstdDecompress,
};

export interface InflateLimits {
  readonly maxBytes: number;
  /** The variable that sets it, for the refusal. */
  readonly variable: string;
  /** Called as the output grows. */
  readonly reserve: Reserve;
}

/**
 * Inflates a body by the coding that its header names: no guessing here. These formats do not say how large they become,
 * so the output is reserved chunk by chunk and never grows past the cap.
 *
 * @throws CaptureError `payload_too_big`, `undecodable`, `transient` when the budget is spent
 */
export function inflateContent(bytes: Buffer, encoding: ContentEncoding, limits: InflateLimits): Promise<Buffer> {
  return withPermit(() => collect(DECOMPRESSORS[encoding](), bytes, encoding, limits));
}

function collect(inflater: Transform, bytes: Buffer, encoding: string, { maxBytes, variable, reserve }: InflateLimits): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let length = 0;
    const refuse = (error: CaptureError) => {
      inflater.destroy();
      reject(error);
    };
    inflater.on('data', (chunk: Buffer) => {
      length += chunk.length;
      const refusal = length > maxBytes ? tooBig(maxBytes, variable) : reserve(chunk.length);
      if (refusal) refuse(refusal);
      else chunks.push(chunk);
    });
    inflater.on('end', () => resolve(Buffer.concat(chunks, length)));
    inflater.on('error', () => refuse(new CaptureError('undecodable', `invalid ${encoding} data`)));
    inflater.end(bytes);
  });
}

export function tooBig(limit: number, variable: string): CaptureError {
  return new CaptureError('payload_too_big', `Decompressed payload would exceed ${limit} bytes (${variable})`);
}
