import { CaptureError } from '@app/event';
import { textOf, type RawEvent, type ScannedPayload } from '@app/decoder';
import { parseUuid } from '../uuid.js';
import { parseRfc3339 } from './rfc3339.js';
import { StrictError } from './strict-error.js';

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
  const { created_at: createdAt, historical_migration: historical, capture_internal: internal } = membersBeside(payload);
  if (typeof createdAt !== 'string' || parseRfc3339(createdAt) === undefined)
    throw new StrictError('invalid_batch', '"created_at" must be an RFC 3339 time');
  for (const [name, flag] of Object.entries({ historical_migration: historical, capture_internal: internal }))
    if (flag !== undefined && flag !== null && typeof flag !== 'boolean')
      throw new StrictError('invalid_batch', `"${name}" must be a boolean`);
  return { payload, uuids: readUuids(payload.events), isHistorical: historical === true, isInternal: internal === true };
}

/** The body without its events: cutting them out leaves an empty array, and so little that parsing it costs nothing. */
function membersBeside({ text, events }: ScannedPayload): Record<string, unknown> {
  try {
    return JSON.parse(text.slice(0, events[0].start) + text.slice(events[events.length - 1].end)) as Record<string, unknown>;
  } catch {
    throw new CaptureError('unparsable', 'the members beside "batch" are not JSON');
  }
}

function readUuids(events: readonly RawEvent[]): string[] {
  const seen = new Set<string>();
  return events.map(({ index, uuid }) => {
    const given = uuid === undefined ? '' : textOf(uuid);
    if (given.trim() === '') throw new StrictError('missing_event_uuid', `event ${index} has no "uuid"`);
    const canonical = parseUuid(given);
    if (canonical === undefined) throw new StrictError('invalid_event_uuid', `the "uuid" of event ${index} is not a UUID`);
    if (seen.has(canonical)) throw new StrictError('duplicate_event_uuid', `event ${index} has the "uuid" of an earlier event`);
    seen.add(canonical);
    return given;
  });
}
