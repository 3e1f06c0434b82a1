import { scalarText } from './source-json.ts';
import type { DecodedRequest, WireEvent, WireRequest } from './decode-request.ts';

const FUTURE_MS = 23 * 3_600_000;

/** When the client says that it sent, Unix milliseconds, and how it says so. */
export function sentAtOf({ envelope }: DecodedRequest, { url, headers }: WireRequest): { place: string; sentAt: number | undefined } {
  const query = new URL(url, 'http://sdk').searchParams.get('_');
  const places = {
    sent_at: envelope.sent_at,
    sentAt: envelope.sentAt,
    'posthog-request-timestamp': headers['posthog-request-timestamp'],
  };
  for (const [place, value] of Object.entries(places)) if (typeof value === 'string') return { place, sentAt: instant(value) };
  return query === null ? { place: '–', sentAt: undefined } : { place: '`_`', sentAt: Number(query) };
}

/** When the event happened by the gateway's clock, given when the gateway says that it received it. */
export function expectedTime(event: WireEvent, sentAt: number | undefined, now: number): number {
  const offset = event.offset === undefined ? undefined : Number(scalarText(event.offset));
  if (offset !== undefined) return now - offset;
  if (typeof event.timestamp !== 'string') return now;
  const timestamp = instant(event.timestamp);
  const corrected = sentAt === undefined ? timestamp : now + (timestamp - sentAt);
  return corrected > now + FUTURE_MS ? now : corrected;
}

/** ISO 8601 with any fraction; no zone is UTC. */
export function instant(text: string): number {
  const match = /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?$/.exec(text);
  if (match === null) throw new Error(`no SDK was known to write a time so: ${text}`);
  const [, seconds, fraction = '', zone = 'Z'] = match;
  return Date.parse(`${seconds}.${fraction.padEnd(3, '0').slice(0, 3)}${zone}`);
}

/** The kinds of time that an event has, in words for the table. */
export function timeForm({ timestamp, offset }: WireEvent): string {
  if (offset !== undefined) return '`offset`';
  if (typeof timestamp !== 'string') return timestamp === null ? 'null' : 'none';
  return timestamp.replaceAll(/\d/g, '9').replace('-99:99', '+99:99');
}
