const FUTURE_MS = 23 * 3_600_000;
const YEAR_0 = Date.UTC(-1, 11, 31, 23, 59, 59, 999);
const YEAR_10000 = Date.UTC(10_000, 0, 1);

export interface TimeParts {
  /** Unix milliseconds as the client's clock had it; undefined when absent or unreadable. */
  readonly timestamp: number | undefined;
  /** Milliseconds from capture to sending. */
  readonly offset: number | undefined;
  /** When the request was sent, by the client's clock. */
  readonly sentAt: number | undefined;
  /** `$ignore_sent_at`. */
  readonly ignoreSentAt: boolean;
  /** When it was received, by ours. */
  readonly now: number;
}

/**
 * When an event happened, by our clock. An offset wins; a client that says when it sent has its clock's skew taken
 * out; what lies more than 23 hours ahead is a broken clock and becomes now; years that consumers can't store become
 * the epoch.
 */
export function eventTime({ timestamp, offset, sentAt, ignoreSentAt, now }: TimeParts): number {
  const computed = compute(timestamp, offset, ignoreSentAt ? undefined : sentAt, now);
  if (!isStorable(computed)) return 0;
  return computed > now + FUTURE_MS ? now : computed;
}

/** Whether consumers can store a time, Unix milliseconds: years 0 to 9999. */
export function isStorable(time: number): boolean {
  return time > YEAR_0 && time < YEAR_10000;
}

function compute(timestamp: number | undefined, offset: number | undefined, sentAt: number | undefined, now: number): number {
  if (offset !== undefined) return now - offset;
  if (timestamp === undefined) return now;
  return sentAt === undefined ? timestamp : now + (timestamp - sentAt);
}
