import { waitFor, type Steps } from '@app/event';
import { letGo } from '../let-go.js';
import { inPieces } from '../pieces.js';
import type { Turn } from '../scan/scan-payload.js';
import type { ContentEncoding } from './coding.js';
import { inflateChunks, type InflationLimits } from './inflation.js';

export interface InflateLimits extends InflationLimits {
  readonly turn: Turn;
}

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
