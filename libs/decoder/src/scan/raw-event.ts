import type { Drop } from '@app/event';

/** A string or number member, as it stands in the payload. */
export interface RawText {
  /** Binary text between the quotes (strings) or of the whole value (everything else). */
  readonly raw: string;
  readonly isString: boolean;
  /** No escape and no byte above 0x7f: `raw` is the text itself. */
  readonly isPlain: boolean;
}

/** One event as the scanner found it: spans and the members that decide where it goes. Nothing is parsed yet. */
export interface RawEvent {
  /** Position in the request, from 0. */
  readonly index: number;
  /** Span of the event's JSON in the payload, bytes. */
  start: number;
  end: number;
  /** The first member of a wrong type, if any: the event can't be taken, and this says why. */
  problem: Drop | undefined;
  /** All of them by member, so that a later duplicate of the right type can take one back. */
  problems: Map<number, Drop> | undefined;
  /** `token`, else `$token`, else `api_key`. */
  token: RawText | undefined;
  dollarToken: RawText | undefined;
  apiKey: RawText | undefined;
  name: RawText | undefined;
  uuid: RawText | undefined;
  timestamp: RawText | undefined;
  /** `sent_at`, else `sentAt`. */
  sentAt: RawText | undefined;
  sentAtCamel: RawText | undefined;
  /** Milliseconds between capture and sending. */
  offset: number | undefined;
  /** `distinct_id`, else `$distinct_id`; any JSON but null. */
  distinctId: RawText | undefined;
  dollarDistinctId: RawText | undefined;
  /** `$set` or `$set_once`. */
  hasSet: boolean;
  hasSetOnce: boolean;
  properties: RawProperties;
}

/** What of `properties` the gateway reads; the rest is only validated. */
export interface RawProperties {
  token: RawText | undefined;
  distinctId: RawText | undefined;
  sessionId: RawText | undefined;
  windowId: RawText | undefined;
  /** Undefined when absent; null when present and not a boolean. */
  cookieless: boolean | null | undefined;
  ignoreSentAt: boolean;
  isInternal: boolean;
  /** Has `$product_tour_id`, which tells a tour from a survey. */
  isProductTour: boolean;
  /** `$snapshot_data`, if it is an array or an object. */
  snapshot: RawSnapshot | undefined;
  /** What a heatmap is extracted from, as bits: HEATMAP_DATA, HEATMAP_PATHNAME, HEATMAP_URL. */
  heatmap: number;
}

/** `$snapshot_data` as it stands in the payload: a recording is cut and copied, never read. */
export interface RawSnapshot {
  /** Span of its JSON, bytes. */
  readonly start: number;
  readonly end: number;
  /** An array of items; otherwise it is one item itself. */
  readonly isList: boolean;
  /** Bytes that its JSON takes inside a JSON string. */
  readonly escapedBytes: number;
}

export const HEATMAP_DATA = 1;
export const HEATMAP_PATHNAME = 2;
export const HEATMAP_URL = 4;

export function emptyProperties(): RawProperties {
  return {
    token: undefined,
    distinctId: undefined,
    sessionId: undefined,
    windowId: undefined,
    cookieless: undefined,
    ignoreSentAt: false,
    isInternal: false,
    isProductTour: false,
    snapshot: undefined,
    heatmap: 0,
  };
}

export function emptyEvent(index: number, start: number): RawEvent {
  return {
    index,
    start,
    end: start,
    problem: undefined,
    problems: undefined,
    token: undefined,
    dollarToken: undefined,
    apiKey: undefined,
    name: undefined,
    uuid: undefined,
    timestamp: undefined,
    sentAt: undefined,
    sentAtCamel: undefined,
    offset: undefined,
    distinctId: undefined,
    dollarDistinctId: undefined,
    hasSet: false,
    hasSetOnce: false,
    properties: emptyProperties(),
  };
}

/** A piece of a recording, which goes a way of its own; nameless ones come from those who only ever send recordings. */
export function isSnapshot({ name, properties }: RawEvent): boolean {
  return name === undefined ? properties.snapshot !== undefined : textOf(name) === '$snapshot';
}

/** A member's value as text: strings unescaped and decoded, everything else as its own JSON text. */
export function textOf({ raw, isString, isPlain }: RawText): string {
  if (isPlain) return raw;
  const text = Buffer.from(raw, 'latin1').toString();
  return isString ? (JSON.parse(`"${text}"`) as string) : text;
}

/** The same as consumers can store it: no NUL (Postgres has none), no lone surrogate; both become U+FFFD. */
export function storableText(raw: RawText): string {
  if (raw.isPlain) return raw.raw;
  return textOf(raw).replaceAll('\0', '\ufffd').toWellFormed();
}
