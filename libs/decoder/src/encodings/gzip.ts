import { promisify } from 'node:util';
import { gunzip, gunzipSync } from 'node:zlib';
import { CaptureError } from '@app/event';
import { withPermit } from './permit.js';

const gunzipAsync = promisify(gunzip);

/** Above this many compressed bytes inflation leaves the event loop: 512 KiB inflate in about 5 ms. */
export const SYNC_INFLATE_BYTES = 512 * 1024;

export function isGzip(bytes: Uint8Array): boolean {
  return bytes.length > 2 && bytes[0] === 0x1f && bytes[1] === 0x8b && bytes[2] === 0x08;
}

/**
 * What the trailer claims the inflated size to be, modulo 2^32. A first guess, never trusted: output beyond the cap
 * stops the inflation whatever it says.
 */
export function claimedSize(bytes: Buffer): number {
  return bytes.length >= 18 ? bytes.readUInt32LE(bytes.length - 4) : 0;
}

/** @throws CaptureError `payload_too_big` past `cap`, `undecodable` for anything that is not gzip */
export function inflate(bytes: Buffer, cap: number): Buffer | Promise<Buffer> {
  // One output chunk of the claimed size saves zlib's growing and the final copy.
  const chunkSize = Math.min(Math.max(claimedSize(bytes), 1024), 1024 * 1024) + 1;
  const options = { maxOutputLength: cap, chunkSize };
  if (bytes.length > SYNC_INFLATE_BYTES) return withPermit(() => gunzipAsync(bytes, options)).catch((error) => refuse(error, cap));
  try {
    return gunzipSync(bytes, options);
  } catch (error) {
    return refuse(error, cap);
  }
}

function refuse(error: unknown, cap: number): never {
  if ((error as NodeJS.ErrnoException).code === 'ERR_BUFFER_TOO_LARGE')
    throw new CaptureError('payload_too_big', `Decompressed payload would exceed ${cap} bytes (MAX_INFLATED_BYTES)`);
  throw new CaptureError('undecodable', 'invalid GZIP data');
}
