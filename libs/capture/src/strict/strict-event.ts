import { Drop, type CaptureContext, type CapturedEvent } from '@app/event';
import { eventText, memberSpansOf, textOf, type MemberSpan, type RawEvent, type RawText, type ScannedPayload } from '@app/decoder';
import { normalizeEvent } from '../normalize-event.js';
import { isIllegalId } from './illegal-ids.js';
import { parseRfc3339 } from './rfc3339.js';
import { readStrictOptions, type StrictOptions } from './strict-options.js';

const MAX_NAME_CHARACTERS = 200;
const MAX_DISTINCT_ID_BYTES = 200;

/** An event that keeps the rules, with its `options` and ids where the other routes have them. */
export interface StrictEvent {
  readonly raw: RawEvent;
  /** Members to be appended to its properties, JSON in binary text. */
  readonly appended: readonly string[];
}

/** Holds one event against the rules of the strict protocol; a drop's cause is the reply's `details`. */
export function readStrictEvent(payload: ScannedPayload, raw: RawEvent): StrictEvent | Drop {
  const text = eventText(payload, raw);
  const members = new Map<string, string>();
  for (const { key, valueStart, valueEnd } of memberSpansOf(text)) members.set(key, text.slice(valueStart, valueEnd));

  const wrong = wrongIdentity(raw) ?? wrongProperties(members);
  if (wrong !== undefined) return badEvent(raw, wrong);
  const options = readStrictOptions(utf8(members.get('options')));
  if (Array.isArray(options)) return badEvent(raw, 'invalid_options', options.join(', '));
  const sessionId = stringMember(members.get('session_id'));
  if (sessionId === null) return badEvent(raw, 'invalid_session_id');
  const windowId = stringMember(members.get('window_id'));
  if (windowId === null) return badEvent(raw, 'invalid_window_id');
  return asLoose(raw, options as StrictOptions, sessionId, windowId);
}

function badEvent({ index }: RawEvent, cause: string, detail?: string): Drop {
  return new Drop(cause, `event ${index}${detail ? `: ${detail}` : ''}`, 'invalid_event');
}

function wrongIdentity({ name, distinctId, timestamp }: RawEvent): string | undefined {
  const nameText = name === undefined ? '' : textOf(name);
  if (nameText === '') return 'missing_event_name';
  if (nameText.length > MAX_NAME_CHARACTERS && Array.from(nameText).length > MAX_NAME_CHARACTERS) return 'event_name_too_long';
  if (distinctId === undefined) return 'missing_distinct_id';
  if (!distinctId.isString) return 'invalid_distinct_id';
  const id = textOf(distinctId);
  if (id.trim() === '') return 'missing_distinct_id';
  if (Buffer.byteLength(id) > MAX_DISTINCT_ID_BYTES) return 'distinct_id_too_large';
  return timestamp === undefined || parseRfc3339(textOf(timestamp)) === undefined ? 'invalid_event_timestamp' : undefined;
}

function wrongProperties(members: ReadonlyMap<string, string>): string | undefined {
  const properties = members.get('properties');
  return properties === undefined || properties === 'null' || properties.startsWith('{') ? undefined : 'malformed_event_properties';
}

/** Undefined when absent, null when it is no string. */
function stringMember(json: string | undefined): RawText | undefined | null {
  if (json === undefined || json === 'null') return undefined;
  if (!json.startsWith('"')) return null;
  const raw = json.slice(1, -1);
  return { raw, isString: true, isPlain: !/[^\x20-\x5b\x5d-\x7e]/.test(raw) };
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
  const data = withProperties(event.data, [...appended, ...request.library]);
  return { ...event, data, disablePersonProcessing: isIllegalId(event.distinctId) };
}

/** `$lib` and `$lib_version`, JSON in binary text. */
export function libraryMembers(library: { readonly name: string; readonly version: string } | undefined): readonly string[] {
  if (library === undefined) return [];
  return [`"$lib":${binary(JSON.stringify(library.name))}`, `"$lib_version":${binary(JSON.stringify(library.version))}`];
}

function withProperties(data: string, appended: readonly string[]): string {
  if (appended.length === 0) return data;
  const members = appended.join(',');
  const spans: MemberSpan[] = memberSpansOf(data);
  const properties = spans.findLast(({ key }) => key === 'properties');
  if (properties === undefined || data[properties.valueStart] !== '{') return `${data.slice(0, -1)},"properties":{${members}}}`;
  const end = properties.valueEnd - 1;
  const isEmpty = data.slice(properties.valueStart + 1, end).trim() === '';
  return `${data.slice(0, end)}${isEmpty ? '' : ','}${members}${data.slice(end)}`;
}

function binary(text: string): string {
  return Buffer.from(text).toString('latin1');
}

function utf8(text: string | undefined): string | undefined {
  return text === undefined ? undefined : Buffer.from(text, 'latin1').toString();
}
