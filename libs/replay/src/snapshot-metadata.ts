import { eventText, type RawEvent, type RawSnapshot, type ScannedPayload } from '@app/decoder';
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
const SESSION_ID = /^[A-Za-z0-9-]{1,70}$/;
/** Nobody checks the others' length; uncut they could fill a message by themselves. */
const MAX_CHARACTERS = 200;

/**
 * Reads an event's metadata: its JSON without the recording, a few hundred bytes, is small enough to parse. The
 * recording itself is not looked at.
 *
 * @returns a Drop when the session's id is missing or would not be safe in a path
 */
export function readMetadata(
  payload: ScannedPayload,
  raw: RawEvent,
  snapshot: RawSnapshot | undefined,
  userAgent: string,
): SnapshotMetadata | Drop {
  const { $session_id: sessionId, $window_id, $snapshot_source, $lib, $snapshot_host } = propertiesOf(payload, raw, snapshot);
  if (sessionId === undefined || sessionId === null)
    return new Drop('missing_session_id', `event ${raw.index}: it needs "$session_id" in its properties`, 'missing_session_id');
  if (typeof sessionId !== 'string' || !SESSION_ID.test(sessionId))
    return new Drop('invalid_session_id', `event ${raw.index}: "$session_id" must be 1-70 of A-Z a-z 0-9 -`, 'invalid_session_id');
  return {
    sessionId,
    windowId: textOrNone($window_id) ?? sessionId,
    source: $snapshot_source === 'mobile' ? 'mobile' : 'web',
    lib: textOrNone($lib) ?? libraryOf(userAgent),
    host: textOrNone($snapshot_host),
  };
}

function propertiesOf(payload: ScannedPayload, raw: RawEvent, snapshot: RawSnapshot | undefined): Record<string, unknown> {
  // What stands in the recording's place only has to be JSON.
  const json =
    snapshot === undefined
      ? eventText(payload, raw)
      : `${eventText(payload, { start: raw.start, end: snapshot.start })}0${eventText(payload, { start: snapshot.end, end: raw.end })}`;
  const { properties } = JSON.parse(Buffer.from(json, 'latin1').toString()) as { properties?: Record<string, unknown> | null };
  return properties ?? {};
}

function textOrNone(value: unknown): string | undefined {
  if (typeof value !== 'string' || value === '') return undefined;
  if (value.length <= MAX_CHARACTERS) return value.toWellFormed();
  return Array.from(value.slice(0, 2 * MAX_CHARACTERS))
    .slice(0, MAX_CHARACTERS)
    .join('')
    .toWellFormed();
}
