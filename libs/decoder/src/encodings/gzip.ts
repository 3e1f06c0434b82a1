import { gunzipSync } from 'node:zlib';
import { CaptureError, type Steps } from '@app/event';
import { claimsTooMuch, gunzipBefore } from './gzip-before.js';
import { claimedSize, MAX_RATIO, SYNC_INFLATE_BYTES, SYNC_INFLATED_BYTES } from './gzip-head.js';
import { inflateAside, type InflateLimits } from './inflate-aside.js';
import { invalidText, tooBig } from './inflation.js';

/**
 * At once when small, else off the event loop with its output reserved as it grows.
 *
 * @throws CaptureError `payload_too_big` past the cap, `undecodable` for anything that is not gzip, `transient` when the
 *   budget is spent
 */
export function* gunzip(bytes: Buffer, limits: InflateLimits): Steps<Buffer> {
  if (claimsTooMuch(bytes, limits)) return yield* gunzipBefore(bytes, limits);
  const inflated = smallNow(bytes, limits);
  if (inflated === MORE_BEHIND) return yield* gunzipBefore(bytes, limits);
  if (inflated !== undefined) return inflated;
  try {
    return yield* inflateAside(bytes, 'gzip', limits);
  } catch (error) {
    if (!(error instanceof CaptureError) || error.detail !== invalidText('gzip')) throw error;
    // What stands behind it may make its size look right.
    return yield* gunzipBefore(bytes, limits);
  }
}

/** The same for what is small and nothing but gzip; undefined for what is not. */
export function gunzipNow(bytes: Buffer, limits: InflateLimits): Buffer | undefined {
  const inflated = claimsTooMuch(bytes, limits) ? undefined : smallNow(bytes, limits);
  return inflated === MORE_BEHIND ? undefined : inflated;
}

const MORE_BEHIND = Symbol('something else stands behind the gzip');

/** Undefined for what is not small. */
function smallNow(bytes: Buffer, limits: InflateLimits): Buffer | typeof MORE_BEHIND | undefined {
  // More than deflate can make of so few bytes is no claim but the middle of a body that was cut off.
  const claimed = Math.min(claimedSize(bytes), bytes.length * MAX_RATIO);
  const isSmall = bytes.length <= SYNC_INFLATE_BYTES && claimed <= SYNC_INFLATED_BYTES;
  return isSmall ? inflateNow(bytes, claimed, limits) : undefined;
}

/** Undefined when the trailer lied and the output is larger than is inflated at once. */
function inflateNow(
  bytes: Buffer,
  claimed: number,
  { maxBytes, variable, reserve, release }: InflateLimits,
): Buffer | typeof MORE_BEHIND | undefined {
  const refusal = reserve(Math.min(claimed, maxBytes));
  if (refusal) throw refusal;
  try {
    // One output chunk of the claimed size saves zlib's growing and the final copy.
    const chunkSize = Math.min(Math.max(claimed, 1024), 1024 * 1024) + 1;
    return gunzipSync(bytes, { maxOutputLength: Math.min(maxBytes, SYNC_INFLATED_BYTES), chunkSize });
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException;
    // The first member's head is right: it is that of another one.
    if (message === 'incorrect header check') {
      release(Math.min(claimed, maxBytes));
      return MORE_BEHIND;
    }
    if (code !== 'ERR_BUFFER_TOO_LARGE') throw invalid();
    if (maxBytes <= SYNC_INFLATED_BYTES) throw tooBig(maxBytes, variable);
    return undefined;
  }
}

function invalid(): CaptureError {
  return new CaptureError('undecodable', 'invalid GZIP data');
}
