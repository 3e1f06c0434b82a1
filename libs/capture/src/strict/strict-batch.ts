import { CaptureError } from '@app/event';
import { Kind, shortTextOf, type RawEvent, type ScannedPayload } from '@app/decoder';
import { rfc3339Of } from '../rfc3339.js';
import { parseUuid } from '../uuid.js';
import { StrictError } from './strict-error.js';

/** A longer text is no UUID; it is not read. */
const MAX_UUID_CHARACTERS = 64;

/** `{created_at, historical_migration?, capture_internal?, batch}`, looked through. */
export interface StrictBatch {
  readonly payload: ScannedPayload;
  /** The events' uuids as their sender wrote them, by index: it finds its results by them. */
  readonly uuids: readonly string[];
  readonly isHistorical: boolean;
  /** The sender is part of the service: its address says nothing of a visitor. */
  readonly isInternal: boolean;
}

/**
 * What of the body is not in its events decides over the whole request; so do uuids, without which no event could be
 * told its result.
 *
 * @throws CaptureError, StrictError
 */
export function readStrictBatch(payload: ScannedPayload): StrictBatch {
  if (payload.shape !== 'batch') throw new CaptureError('unparsable', 'expected an object with "created_at" and "batch"');
  const { createdAt, historical, internal } = payload.beside;
  if (createdAt?.isString !== true || rfc3339Of(createdAt) === undefined)
    throw new StrictError('invalid_batch', '"created_at" must be an RFC 3339 time');
  const isHistorical = readFlag('historical_migration', historical);
  const isInternal = readFlag('capture_internal', internal);
  return { payload, uuids: readUuids(payload.events), isHistorical, isInternal };
}

function readFlag(name: string, kind: Kind | undefined): boolean {
  if (kind === undefined || kind === Kind.Null || kind === Kind.False) return false;
  if (kind === Kind.True) return true;
  throw new StrictError('invalid_batch', `"${name}" must be a boolean`);
}

function readUuids(events: readonly RawEvent[]): string[] {
  const seen = new Set<string>();
  return events.map(({ index, uuid }) => {
    const given = uuid === undefined ? '' : shortTextOf(uuid, MAX_UUID_CHARACTERS);
    if (given?.trim() === '') throw new StrictError('missing_event_uuid', `event ${index} has no "uuid"`);
    const canonical = given === undefined ? undefined : parseUuid(given);
    if (given === undefined || canonical === undefined)
      throw new StrictError('invalid_event_uuid', `the "uuid" of event ${index} is not a UUID`);
    if (seen.has(canonical)) throw new StrictError('duplicate_event_uuid', `event ${index} has the "uuid" of an earlier event`);
    seen.add(canonical);
    return given;
  });
}
