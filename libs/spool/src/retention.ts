import type { SegmentInfo } from './segment-info.js';

export interface Retention {
  /** All segments together, bytes. */
  readonly bytes: number;
  /** A segment goes when its newest record is older, milliseconds. */
  readonly ageMs: number;
}

/**
 * Which of the finished segments have to go, oldest first; the one being written is never among them but counts.
 *
 * @param sealed in order of their sequence numbers
 * @param activeBytes size of the segment being written
 */
export function expired(sealed: readonly SegmentInfo[], activeBytes: number, retention: Retention, now: number): SegmentInfo[] {
  let total = sealed.reduce((sum, { bytes }) => sum + bytes, activeBytes);
  const gone: SegmentInfo[] = [];
  for (const segment of sealed) {
    const isOld = segment.newest !== undefined && segment.newest < now - retention.ageMs;
    if (total <= retention.bytes && !isOld) break;
    gone.push(segment);
    total -= segment.bytes;
  }
  return gone;
}
