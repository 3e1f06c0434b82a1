import { gunzipSync } from 'node:zlib';
import { CaptureError, type Steps } from '@app/event';
import { inflateAside, type InflateLimits } from './inflate-aside.js';
import { invalidText, tooBig } from './inflation.js';

/**
 * Above these many compressed or inflated bytes inflation leaves the event loop, which honest ones would hold for 2 ms and more, and
 * blocks that bring a table each for 15.
 */
export const SYNC_INFLATE_BYTES = 128 * 1024;
export const SYNC_INFLATED_BYTES = 1024 * 1024;

/** What deflate makes of one byte at most. */
const MAX_RATIO = 1032;

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

/** How large a body is once inflated, as far as can be told beforehand; never less than it is now. */
export function presumedSize(bytes: Buffer): number {
  return isGzip(bytes) ? Math.max(bytes.length, Math.min(claimedSize(bytes), bytes.length * MAX_RATIO)) : bytes.length;
}

/**
 * At once when small, else off the event loop with its output reserved as it grows.
 *
 * @throws CaptureError `payload_too_big` past the cap, `undecodable` for anything that is not gzip, `transient` when the
 *   budget is spent
 */
export function* gunzip(bytes: Buffer, limits: InflateLimits): Steps<Buffer> {
  const inflated = gunzipNow(bytes, limits);
  if (inflated !== undefined) return inflated;
  try {
    return yield* inflateAside(bytes, 'gzip', limits);
  } catch (error) {
    throw error instanceof CaptureError && error.detail === invalidText('gzip') ? invalid() : error;
  }
}

/** The same for what is small; undefined for what is not. */
export function gunzipNow(bytes: Buffer, limits: InflateLimits): Buffer | undefined {
  // More than deflate can make of so few bytes is no claim but the middle of a body that was cut off.
  const claimed = Math.min(claimedSize(bytes), bytes.length * MAX_RATIO);
  const isSmall = bytes.length <= SYNC_INFLATE_BYTES && claimed <= SYNC_INFLATED_BYTES;
  return isSmall ? inflateNow(bytes, claimed, limits) : undefined;
}

/** Undefined when the trailer lied and the output is larger than is inflated at once. */
function inflateNow(bytes: Buffer, claimed: number, { maxBytes, variable, reserve }: InflateLimits): Buffer | undefined {
  const refusal = reserve(Math.min(claimed, maxBytes));
  if (refusal) throw refusal;
  try {
    // One output chunk of the claimed size saves zlib's growing and the final copy.
    const chunkSize = Math.min(Math.max(claimed, 1024), 1024 * 1024) + 1;
    return gunzipSync(bytes, { maxOutputLength: Math.min(maxBytes, SYNC_INFLATED_BYTES), chunkSize });
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ERR_BUFFER_TOO_LARGE') throw invalid();
    if (maxBytes <= SYNC_INFLATED_BYTES) throw tooBig(maxBytes, variable);
    return undefined;
  }
}

function invalid(): CaptureError {
  return new CaptureError('undecodable', 'invalid GZIP data');
}
