import { gib } from './gib.js';
import type { ReaderPosition } from './log-readers.js';
import { lastOf, type SegmentInfo } from './segment-info.js';

export type WhenFull = 'refuse' | 'delete_oldest';

/** What a log may hold, and what becomes of the rest. */
export interface Retention {
  /** All segments together, bytes. */
  readonly bytes: number;
  /** A segment goes when its newest record is older, milliseconds of the log's running time; Infinity keeps it. */
  readonly ageMs: number;
  /** What happens at `bytes`: appends are refused, or the oldest segments go (the default). */
  readonly whenFull?: WhenFull;
}

export interface Deletion {
  readonly segment: SegmentInfo;
  /** `age`, `size`: a limit was passed. `read`: the log is full, and everybody who reads it is beyond this segment. */
  readonly why: 'age' | 'size' | 'read';
  /** Who has not read all of it: names. */
  readonly unreadBy: readonly string[];
}

export interface Situation {
  /** Finished segments in the order of their sequence numbers. */
  readonly sealed: readonly SegmentInfo[];
  /** Size of the segment being written; it is never deleted, but it counts. */
  readonly activeBytes: number;
  readonly retention: Retention;
  /** The log's running time. */
  readonly runningSeconds: number;
  readonly readers: readonly ReaderPosition[];
  /** Room that the next segment will want. */
  readonly headroom: number;
}

/** Which of the finished segments have to go, oldest first. */
export function deletions({ sealed, activeBytes, retention, runningSeconds, readers, headroom }: Situation): Deletion[] {
  const { bytes: limit, ageMs, whenFull } = retention;
  const reason = (endedAt: number | undefined, isRead: boolean): Deletion['why'] | undefined => {
    if (whenFull === 'refuse') return isRead && total + headroom > limit ? 'read' : undefined;
    if (endedAt !== undefined && (runningSeconds - endedAt) * 1000 > ageMs) return 'age';
    return total > limit ? 'size' : undefined;
  };
  const gone: Deletion[] = [];
  let total = sealed.reduce((sum, { bytes }) => sum + bytes, activeBytes);
  for (const [i, segment] of sealed.entries()) {
    // What cannot be read of it now may be read by them later.
    const last = lastOf(segment, sealed[i + 1]);
    const unreadBy = readers.filter(({ next }) => next <= last).map(({ name }) => name);
    const why = reason(segment.endedAt, readers.length > 0 && unreadBy.length === 0);
    if (why === undefined) break;
    gone.push({ segment, why, unreadBy });
    total -= segment.bytes;
  }
  return gone;
}

/** For the operator: what has gone, and why. */
export function describeDeletion({ segment, why, unreadBy }: Deletion, { bytes, ageMs }: Retention): string {
  const reasons = {
    age: `older than ${ageMs / 3_600_000} hours in which the gateway ran`,
    size: `the log may hold ${gib(bytes)}`,
    read: `the log is full, and all who read it have read them`,
  };
  const unread = unreadBy.length === 0 ? '' : `. NOT READ by ${unreadBy.join(', ')}`;
  return `${segment.name.file}: ${segment.events} events are deleted (${gib(segment.bytes)}): ${reasons[why]}${unread}`;
}
