import { Drop, type CaptureContext } from '@app/event';
import { shortTextOf, type RawEvent, type RawText } from '@app/decoder';
import { distinctIdText } from './distinct-id.js';
import { eventTime } from './event-time.js';
import { parseTimestamp } from './parse-timestamp.js';
import { parseUuid, uuidV7 } from './uuid.js';

/** Longest times and UUIDs of any form that is read, characters. */
export const MAX_TIME = 128;
const MAX_UUID = 64;

/** Events that must not be geolocated by the address of whoever sent them. */
const INTERNAL_IP = '127.0.0.1';

/** Whose event it is, which one, when and from where: what every lane needs to know. */
export interface EventIdentity {
  readonly distinctId: string;
  readonly uuid: string;
  /** Unix milliseconds, skew taken out. */
  readonly timestamp: number;
  readonly ip: string;
  readonly isCookieless: boolean;
}

/** The identity of an event without a `problem`; or the reason why it can't be taken. */
export function identifyEvent(raw: RawEvent, context: CaptureContext): EventIdentity | Drop {
  const { properties } = raw;
  const rawId = raw.distinctId ?? properties.distinctId;
  const distinctId = rawId && distinctIdText(rawId);
  if (distinctId instanceof Drop) return new Drop(distinctId.cause, `event ${raw.index}: ${distinctId.detail}`, distinctId.rejection);
  if (distinctId === undefined)
    return new Drop('missing_distinct_id', `event ${raw.index}${rawId ? ': it is blank' : ''}`, 'missing_distinct_id');
  if (properties.cookieless === null)
    return new Drop('invalid_cookieless_mode', `event ${raw.index}: "$cookieless_mode" must be a boolean`, 'invalid_cookieless_mode');

  const givenUuid = raw.uuid === undefined || raw.uuid.raw === '' ? '' : uuidOf(raw.uuid);
  if (givenUuid === undefined) return new Drop('invalid_uuid', `event ${raw.index}: "uuid" is not a UUID`, 'unparsable');

  const timestamp = eventTime({
    timestamp: raw.timestamp && timeOf(raw.timestamp),
    offset: raw.offset,
    sentAt: context.sentAt,
    ignoreSentAt: properties.ignoreSentAt,
    now: context.now,
  });
  return {
    distinctId,
    uuid: givenUuid === '' ? uuidV7(timestamp) : givenUuid,
    timestamp,
    ip: properties.isInternal ? INTERNAL_IP : context.ip,
    isCookieless: properties.cookieless === true,
  };
}

/** Undefined when it is no UUID. */
export function uuidOf(raw: RawText): string | undefined {
  const text = shortTextOf(raw, MAX_UUID);
  return text === undefined ? undefined : parseUuid(text);
}

/** What a time may be read from; undefined for what is too long to be one. */
export function timeTextOf(raw: RawText): string | undefined {
  return shortTextOf(raw, MAX_TIME);
}

/** Unix milliseconds; undefined for what is no time. */
export function timeOf(raw: RawText): number | undefined {
  const text = timeTextOf(raw);
  return text === undefined ? undefined : parseTimestamp(text);
}
