import { CaptureError, waitFor, type Steps } from '@app/event';
import type { Reserve } from '../byte-budget.js';
import { keep, letGo } from '../let-go.js';
import { inPieces } from '../pieces.js';
import type { Turn } from '../scan/scan-payload.js';
import { decompressor, type ContentEncoding } from './coding.js';
import { InflationLanes } from './inflation-lanes.js';

export interface InflateLimits {
  /** The most bytes to produce. */
  readonly maxBytes: number;
  /** The variable that sets it, for the refusal. */
  readonly variable: string;
  /** A body that grows more than so many times, and beyond `SLOW_BYTES`, goes behind everybody else. */
  readonly maxRatio: number;
  /** Called as the output grows. */
  readonly reserve: Reserve;
  /** Called when some of what was reserved is not held any more. */
  readonly release: (bytes: number) => void;
  readonly turn: Turn;
  /** Told when the body has gone behind everybody else; to be called back once nothing more is done with it. */
  readonly onSlow: (leave: () => void) => void;
}

/** Honest batches of repeated stack traces grow 200 times in gzip and thousands in br, but seldom to so much. */
export const SLOW_BYTES = 8 * 1024 * 1024;
/** So much is inflated between two looks at whether somebody else waits. */
const SLOW_PIECE_BYTES = 1024 * 1024;

const lanes = new InflationLanes();

/**
 * Inflates off the event loop. These formats do not say how large they become, so the output is reserved chunk by chunk and never
 * grows past the cap.
 *
 * @throws CaptureError `payload_too_big`, `undecodable`, `transient` when the budget is spent or too many wait
 */
export function* inflateAside(bytes: Buffer, coding: ContentEncoding, limits: InflateLimits): Steps<Buffer> {
  const { chunks, length } = yield* waitFor(inflateChunks(bytes, coding, limits));
  if (chunks.length === 1) return chunks[0];
  const refusal = limits.reserve(length);
  if (refusal) throw refusal;
  const whole = Buffer.allocUnsafeSlow(length);
  let at = 0;
  let next = 0;
  yield* inPieces(length, limits.turn, (_from, to) => {
    for (; next < chunks.length && at < to; next++) {
      at += chunks[next].copy(whole, at);
      // Not held any longer than it is needed.
      letGo(chunks[next]);
      chunks[next] = NOTHING;
    }
  });
  limits.release(length);
  return whole;
}

const NOTHING = Buffer.alloc(0);

interface Inflated {
  readonly chunks: Buffer[];
  readonly length: number;
}

async function inflateChunks(bytes: Buffer, coding: ContentEncoding, limits: InflateLimits): Promise<Inflated> {
  const { maxBytes, variable, maxRatio, reserve, onSlow } = limits;
  let isSlow = false;
  let nextLook = 0;
  await lanes.enter();
  let holdsPermit = true;
  const inflater = decompressor(coding);
  const chunks: Buffer[] = [];
  try {
    inflater.end(bytes);
    let length = 0;
    for await (const chunk of inflater as AsyncIterable<Buffer>) {
      length += chunk.length;
      const refusal = length > maxBytes ? tooBig(maxBytes, variable) : reserve(chunk.length);
      if (refusal) throw refusal;
      chunks.push(chunk);
      const growsALot = length > SLOW_BYTES && length > maxRatio * bytes.length;
      if (!growsALot || length < nextLook) continue;
      // While the next chunk is not asked for, none is made.
      lanes.leave();
      holdsPermit = false;
      if (!isSlow) {
        await lanes.enterSlow();
        isSlow = true;
        onSlow(() => lanes.leaveSlow());
      }
      await lanes.enter(true);
      holdsPermit = true;
      nextLook = length + SLOW_PIECE_BYTES;
    }
    return { chunks, length };
  } catch (error) {
    // Of the next chunk, which nobody wants, zlib's thread is at work: it ends no earlier for being destroyed.
    keep(bytes);
    // A bomb's are up to the limit.
    for (const chunk of chunks) letGo(chunk);
    throw error instanceof CaptureError ? error : new CaptureError('undecodable', `invalid ${coding} data`);
  } finally {
    if (holdsPermit) lanes.leave();
    inflater.destroy();
  }
}

export function tooBig(limit: number, variable: string): CaptureError {
  return new CaptureError('payload_too_big', `Decompressed payload would exceed ${limit} bytes (${variable})`);
}
