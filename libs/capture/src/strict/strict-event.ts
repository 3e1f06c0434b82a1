import { Drop, type CaptureContext, type CapturedEvent } from '@app/event';
import {
  eventText,
  hasWrongProperties,
  Kind,
  shortTextOf,
  textOf,
  type RawEvent,
  type RawText,
  type RawValue,
  type ScannedPayload,
} from '@app/decoder';
import { normalizeEvent } from '../normalize-event.js';
import { rfc3339Of } from '../rfc3339.js';
import { isIllegalId } from './illegal-ids.js';
import { readStrictOptions, type StrictOptions } from './strict-options.js';

const MAX_NAME_CHARACTERS = 200;
const MAX_DISTINCT_ID_BYTES = 200;

/** An event that keeps the rules, with its `options` and ids where the other routes have them. */
export interface StrictEvent {
  readonly raw: RawEvent;
  /** Members to be appended to its properties, JSON in binary text. */
  readonly appended: readonly string[];
}

/** Of the longest name and id; longer ones are not read to be told so. An escaped pair of halves takes twelve bytes. */
const MAX_NAME_BYTES = 12 * MAX_NAME_CHARACTERS;

/** Holds one event against the rules of the strict protocol; a drop's cause is the reply's `details`. */
export function readStrictEvent(payload: ScannedPayload, raw: RawEvent): StrictEvent | Drop {
  if (raw.problem?.cause === 'event_too_big') return raw.problem;
  const wrong = wrongIdentity(raw) ?? (hasWrongProperties(raw) ? 'malformed_event_properties' : undefined);
  if (wrong !== undefined) return badEvent(raw, wrong);
  const options = readStrictOptions(raw.own?.options && editedText(payload, raw.own.options));
  if (Array.isArray(options)) return badEvent(raw, 'invalid_options', options.join(', '));
  const sessionId = stringMember(payload, raw.own?.sessionId);
  if (sessionId === null) return badEvent(raw, 'invalid_session_id');
  const windowId = stringMember(payload, raw.own?.windowId);
  if (windowId === null) return badEvent(raw, 'invalid_window_id');
  return asLoose(raw, options as StrictOptions, sessionId, windowId);
}

function badEvent({ index }: RawEvent, cause: string, detail?: string): Drop {
  return new Drop(cause, `event ${index}${detail ? `: ${detail}` : ''}`, 'invalid_event');
}

function wrongIdentity({ name, distinctId, timestamp }: RawEvent): string | undefined {
  if (name === undefined || name.raw === '') return 'missing_event_name';
  if (isTooLong(name)) return 'event_name_too_long';
  if (distinctId === undefined) return 'missing_distinct_id';
  if (!distinctId.isString) return 'invalid_distinct_id';
  const id = shortTextOf(distinctId, MAX_DISTINCT_ID_BYTES);
  if (id?.trim() === '') return 'missing_distinct_id';
  if (id === undefined || Buffer.byteLength(id) > MAX_DISTINCT_ID_BYTES) return 'distinct_id_too_large';
  return timestamp === undefined || rfc3339Of(timestamp) === undefined ? 'invalid_event_timestamp' : undefined;
}

function isTooLong(name: RawText): boolean {
  if (name.raw.length <= MAX_NAME_CHARACTERS) return false;
  return name.raw.length > MAX_NAME_BYTES || Array.from(textOf(name)).length > MAX_NAME_CHARACTERS;
}

/** A member's value after the edits that fall into it. */
function editedText(payload: ScannedPayload, { start, raw }: RawValue): string {
  return eventText(payload, { start, end: start + raw.length });
}

/** Undefined when absent, null when it is no string. */
function stringMember(payload: ScannedPayload, value: RawValue | undefined): RawText | undefined | null {
  if (value === undefined || value.kind === Kind.Null) return undefined;
  return value.isString ? { raw: editedText(payload, value), isString: true, isPlain: value.isPlain } : null;
}

function asLoose(raw: RawEvent, options: StrictOptions, sessionId: RawText | undefined, windowId: RawText | undefined): StrictEvent {
  const { cookielessMode, disableSkewCorrection, processPersonProfile, productTourId } = options;
  const { properties } = raw;
  // Members that have a meaning only on the other routes are data here.
  raw.problem = undefined;
  raw.offset = undefined;
  properties.cookieless = cookielessMode ?? properties.cookieless;
  properties.ignoreSentAt = disableSkewCorrection ?? properties.ignoreSentAt;
  properties.isProductTour ||= productTourId !== undefined;
  properties.sessionId = sessionId ?? properties.sessionId;
  properties.windowId = windowId ?? properties.windowId;
  const appended: string[] = [];
  if (sessionId !== undefined) appended.push(`"$session_id":"${sessionId.raw}"`);
  if (windowId !== undefined) appended.push(`"$window_id":"${windowId.raw}"`);
  if (cookielessMode !== undefined) appended.push(`"$cookieless_mode":${cookielessMode}`);
  if (disableSkewCorrection !== undefined) appended.push(`"$ignore_sent_at":${disableSkewCorrection}`);
  if (productTourId !== undefined) appended.push(`"$product_tour_id":${binary(JSON.stringify(productTourId))}`);
  if (processPersonProfile !== undefined) appended.push(`"$process_person_profile":${processPersonProfile}`);
  return { raw, appended };
}

/**
 * The event as its consumers know it from the other routes: what the head of the request and `options` said is appended
 * to its properties, where as the last of duplicates it counts; all that was sent keeps its bytes.
 */
export function normalizeStrictEvent(
  payload: ScannedPayload,
  { raw, appended }: StrictEvent,
  request: { readonly token: string; readonly context: CaptureContext; readonly library: readonly string[] },
): CapturedEvent | Drop {
  const event = normalizeEvent(payload, raw, request.token, request.context);
  if (event instanceof Drop) return event;
  const data = withProperties(payload, raw, event.data, [...appended, ...request.library]);
  return { ...event, data, disablePersonProcessing: isIllegalId(event.distinctId) };
}

/** `$lib` and `$lib_version`, JSON in binary text. */
export function libraryMembers(library: { readonly name: string; readonly version: string } | undefined): readonly string[] {
  if (library === undefined) return [];
  return [`"$lib":${binary(JSON.stringify(library.name))}`, `"$lib_version":${binary(JSON.stringify(library.version))}`];
}

/** @param data the event's own JSON, after its edits */
function withProperties(payload: ScannedPayload, { start, end, properties }: RawEvent, data: string, appended: readonly string[]): string {
  if (appended.length === 0) return data;
  const members = appended.join(',');
  // Without properties, or with null in their place: the last of duplicates counts.
  if (properties.end === 0) return `${data.slice(0, -1)},"properties":{${members}}}`;
  const brace = properties.end - 1;
  const rest = eventText(payload, { start: brace, end });
  return `${eventText(payload, { start, end: brace })}${properties.isEmpty ? '' : ','}${members}${rest}`;
}

function binary(text: string): string {
  return Buffer.from(text).toString('latin1');
}
