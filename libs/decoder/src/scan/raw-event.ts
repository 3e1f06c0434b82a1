import type { Drop } from '@app/event';
import type { Kind } from './kind.js';

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
  /** Members that mean something on the strict endpoint only; undefined when it has none of them. */
  own: OwnMembers | undefined;
}

/** What the strict protocol has beside an event's properties. */
export interface OwnMembers {
  options: RawValue | undefined;
  sessionId: RawValue | undefined;
  windowId: RawValue | undefined;
}

/** A member of any type. */
export interface RawValue extends RawText {
  readonly kind: Kind;
  /** Where `raw` begins in the payload. */
  readonly start: number;
}

/** What of `properties` the gateway reads; the rest is only validated. */
export interface RawProperties {
  /** Span of its JSON in the payload, bytes; 0 and 0 when there is no such object. */
  start: number;
  end: number;
  /** There is nothing between its braces. */
  isEmpty: boolean;
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
  /** Bytes of `$heatmap_data`. */
  heatmapBytes: number;
}

/** `$snapshot_data` as it stands in the payload: a recording is cut and copied, never read. */
export interface RawSnapshot {
  /** Span of its JSON, bytes. */
  readonly start: number;
  readonly end: number;
  /** An array of items; otherwise it is one item itself. */
  readonly isList: boolean;
  /** There is nothing between its brackets. */
  readonly isEmpty: boolean;
  /** Bytes that its JSON takes inside a JSON string. */
  readonly escapedBytes: number;
}

export const HEATMAP_DATA = 1;
export const HEATMAP_PATHNAME = 2;
export const HEATMAP_URL = 4;

export function emptyProperties(): RawProperties {
  return {
    start: 0,
    end: 0,
    isEmpty: true,
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
    heatmapBytes: 0,
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
    own: undefined,
  };
}

/** A piece of a recording, which goes a way of its own; nameless ones come from those who only ever send recordings. */
export function isSnapshot({ name, properties }: RawEvent): boolean {
  return name === undefined ? properties.snapshot !== undefined : isText(name, '$snapshot');
}

/** Longest escape of one character: `\u0024`. */
const LONGEST_ESCAPE = 6;

/** Whether a member is this ASCII text, however it is written; a long one is not read for it. */
export function isText(raw: RawText, text: string): boolean {
  if (raw.isPlain) return raw.raw === text;
  return raw.raw.length <= text.length * LONGEST_ESCAPE && textOf(raw) === text;
}

/** A member's value as text: strings unescaped and decoded, everything else as its own JSON text. */
export function textOf({ raw, isString, isPlain }: RawText): string {
  if (isPlain) return raw;
  const text = Buffer.from(raw, 'latin1').toString();
  return isString ? (JSON.parse(`"${text}"`) as string) : text;
}

/** The same of a member that is of no use when it is longer than so many characters: undefined then, without being read. */
export function shortTextOf(raw: RawText, maxCharacters: number): string | undefined {
  if (raw.raw.length > maxCharacters * LONGEST_ESCAPE) return undefined;
  const text = textOf(raw);
  return text.length <= maxCharacters ? text : undefined;
}

/** A string as consumers can store it: no NUL (Postgres has none), no lone surrogate; both become U+FFFD. */
export function storableText(raw: RawText): string {
  if (raw.isPlain) return raw.raw;
  return textOf({ ...raw, raw: withoutNul(raw.raw) }).toWellFormed();
}

const NUL = String.raw`\u0000`;
const REPLACEMENT = String.raw`\ufffd`;

/** In place, byte by byte: what replaces them in a text makes some object for each. */
function withoutNul(raw: string): string {
  let at = raw.indexOf(NUL);
  if (at < 0) return raw;
  const bytes = Buffer.from(raw, 'latin1');
  // An escape begins at every backslash that is not part of one.
  for (at = raw.indexOf('\\'); at < bytes.length; at++) {
    if (bytes[at] !== 0x5c) continue;
    if (isNul(bytes, at)) bytes.latin1Write(REPLACEMENT, at);
    at++;
  }
  return bytes.latin1Slice(0, bytes.length);
}

function isNul(bytes: Buffer, at: number): boolean {
  return bytes[at + 1] === 0x75 && bytes[at + 2] === 0x30 && bytes[at + 3] === 0x30 && bytes[at + 4] === 0x30 && bytes[at + 5] === 0x30;
}
