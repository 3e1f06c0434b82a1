import {
  eventText,
  Kind,
  MemberNames,
  shortTextOf,
  textOf,
  type NamedMember,
  type RawEvent,
  type RawSnapshot,
  type RawText,
  type ScannedPayload,
} from '@app/decoder';
import { Drop } from '@app/event';
import { libraryOf } from './library-of.js';

/** What a recording's messages say about themselves beside the items. */
export interface SnapshotMetadata {
  readonly sessionId: string;
  /** The session's id where the SDK names no window. */
  readonly windowId: string;
  readonly source: 'web' | 'mobile';
  readonly lib: string;
  readonly host: string | undefined;
}

/** A session's id becomes part of paths in blob storage: nothing that a path could be made of may be in it. */
const MAX_SESSION_ID = 70;
const SESSION_ID = /^[A-Za-z0-9-]{1,70}$/;
/** Nobody checks the others' length; uncut they could fill a message by themselves. */
const MAX_CHARACTERS = 200;

const NAMES = new MemberNames(['$session_id', '$snapshot_source', '$lib', '$snapshot_host']);

/**
 * Reads an event's metadata from its properties without the recording, which is not looked at. Nothing is made of what nobody reads.
 *
 * @returns a Drop when the session's id is missing or would not be safe in a path
 */
export function readMetadata(
  payload: ScannedPayload,
  raw: RawEvent,
  snapshot: RawSnapshot | undefined,
  userAgent: string,
): SnapshotMetadata | Drop {
  const json = propertiesOf(payload, raw, snapshot);
  const found: readonly NamedMember<string>[] = NAMES.last(json);
  const last = (name: string) => found.find((member) => member.name === name);
  const text = (name: string) => {
    const member = last(name);
    return member?.kind === Kind.String
      ? storable({ raw: json.slice(member.valueStart + 1, member.valueEnd - 1), isString: true, isPlain: false })
      : undefined;
  };
  const sessionId = sessionIdOf(raw, last('$session_id'));
  if (sessionId instanceof Drop) return sessionId;
  const { windowId } = raw.properties;
  return {
    sessionId,
    windowId: (windowId && storable(windowId)) ?? sessionId,
    source: text('$snapshot_source') === 'mobile' ? 'mobile' : 'web',
    lib: text('$lib') ?? libraryOf(userAgent),
    host: text('$snapshot_host'),
  };
}

/** The strict endpoint has it beside the properties as well, so the member found in them may be another type. */
function sessionIdOf({ index, properties: { sessionId } }: RawEvent, member: NamedMember<string> | undefined): string | Drop {
  if (sessionId === undefined && (member === undefined || member.kind === Kind.Null))
    return new Drop('missing_session_id', `event ${index}: it needs "$session_id" in its properties`, 'missing_session_id');
  const text = sessionId && shortTextOf(sessionId, MAX_SESSION_ID);
  if (text === undefined || !SESSION_ID.test(text))
    return new Drop('invalid_session_id', `event ${index}: "$session_id" must be 1-70 of A-Z a-z 0-9 -`, 'invalid_session_id');
  return text;
}

/** The properties' JSON with nothing in the recording's place. */
function propertiesOf(payload: ScannedPayload, { properties: { start, end } }: RawEvent, snapshot: RawSnapshot | undefined): string {
  if (snapshot === undefined) return eventText(payload, { start, end });
  return `${eventText(payload, { start, end: snapshot.start })}0${eventText(payload, { start: snapshot.end, end })}`;
}

/** Cut to what is kept; undefined for an empty one. */
function storable(raw: RawText): string | undefined {
  const value = textOf(raw);
  if (value === '') return undefined;
  if (value.length <= MAX_CHARACTERS) return value.toWellFormed();
  return Array.from(value.slice(0, 2 * MAX_CHARACTERS))
    .slice(0, MAX_CHARACTERS)
    .join('')
    .toWellFormed();
}
