import type { Cause } from './cause.js';

const CLIENTS = 'Clients of the strict endpoint that were written by hand.';
const PROTOCOL =
  'The strict endpoint is described at /openapi.yaml under /i/v1/analytics/events. An SDK of PostHog does it right by itself.';

/** Causes that only the strict endpoint has, under the names that its protocol gives them: for requests, then for events. */
export const STRICT_CAUSES = {
  missing_required_headers: {
    title: 'A header that the strict endpoint needs is missing',
    means: 'The request was refused before its body was read.',
    who: `${CLIENTS} Proxies that pass on only the headers they know.`,
    remedy: `The answer names the headers. ${PROTOCOL}`,
  },
  invalid_header_value: {
    title: 'A header has a value that the strict endpoint does not take',
    means: 'The request was refused before its body was read.',
    who: CLIENTS,
    remedy: `The answer names the header and the form it needs. ${PROTOCOL}`,
  },
  unsupported_content_type: {
    title: 'The strict endpoint takes JSON only',
    means: 'Content-Type says something else than application/json.',
    who: `${CLIENTS} Beacons, which browsers send as text/plain.`,
    remedy: 'Send Content-Type: application/json, or use one of the older routes, which take other forms.',
  },
  unsupported_encoding: {
    title: 'The coding of the body is not known',
    means: 'Content-Encoding names a coding that is not taken, or more than one.',
    who: CLIENTS,
    remedy: 'Use gzip, deflate, br or zstd, once, or none.',
  },
  invalid_batch: {
    title: 'A member beside the batch is wrong',
    means: 'The batch as a whole was refused, and nothing of it was stored.',
    who: CLIENTS,
    remedy: `The answer names the member. ${PROTOCOL}`,
  },
  missing_event_uuid: {
    title: 'An event of a strict batch has no uuid',
    means: 'The result of each event is told by its uuid, so the batch was refused.',
    who: CLIENTS,
    remedy: 'Give each event a UUID of its own, and keep it when you send the event again.',
  },
  invalid_event_uuid: {
    title: 'The uuid of an event of a strict batch is not a UUID',
    means: 'The result of each event is told by its uuid, so the batch was refused.',
    who: CLIENTS,
    remedy: 'Give each event a UUID of its own, and keep it when you send the event again.',
  },
  duplicate_event_uuid: {
    title: 'Two events of a strict batch have the same uuid',
    means: 'The result of each event is told by its uuid, so the batch was refused.',
    who: 'Clients that put an event into their queue twice.',
    remedy: 'Send each event once.',
  },
  event_name_too_long: {
    title: 'The name of the event is too long',
    means: 'The strict endpoint takes names of up to 200 characters. The other events of the batch were stored.',
    who: 'Code that writes values into the name of an event.',
    remedy: 'Put values into properties, and keep the name the same for all events of a kind.',
  },
  invalid_distinct_id: {
    title: 'The distinct_id is not a string',
    means: 'The strict endpoint takes strings only. The other events of the batch were stored.',
    who: 'Server code that sends the number of a user.',
    remedy: 'Send the id as a string: "42".',
  },
  distinct_id_too_large: {
    title: 'The distinct_id is too long',
    means: 'The strict endpoint takes ids of up to 200 bytes. The other events of the batch were stored.',
    who: 'Code that sends a token or a whole user as the id.',
    remedy: 'Send the id of the user alone.',
  },
  invalid_event_timestamp: {
    title: 'The event has no time, or one that the strict endpoint does not read',
    means: 'The strict endpoint takes RFC 3339 only. The other events of the batch were stored.',
    who: CLIENTS,
    remedy: 'Send "timestamp" as RFC 3339, for example 2027-01-31T12:00:00Z.',
  },
  malformed_event_properties: {
    title: 'The properties of the event are not an object',
    means: 'The strict endpoint takes an object or nothing. The other events of the batch were stored.',
    who: CLIENTS,
    remedy: 'Send "properties" as an object.',
  },
  invalid_options: {
    title: 'An option of the event has a wrong value',
    means: 'What the option asks for cannot be understood. The other events of the batch were stored.',
    who: CLIENTS,
    remedy: `The detail names the option. ${PROTOCOL}`,
  },
  invalid_window_id: {
    title: 'The window_id is not a string',
    means: 'The strict endpoint takes strings only. The other events of the batch were stored.',
    who: CLIENTS,
    remedy: 'Send the id as a string, or leave it out.',
  },
  not_persisted: {
    title: 'The event could not be stored just now',
    means: 'Its result is "retry": it is to be sent again, and only those that say so.',
    who: 'The gateway, or what is behind it.',
    remedy: 'SDKs send it again by themselves.',
  },
  person_processing_disabled: {
    title: 'The event was stored, and makes no person',
    means: 'The project or its quota switched the processing of persons off, or the distinct_id is one that stands for nobody.',
    who: 'The project, or code that sends "null", "undefined" or "anonymous" as the id.',
    remedy: 'Send the id of a user, or look at the settings of the project.',
  },
} as const satisfies Record<string, Cause>;
