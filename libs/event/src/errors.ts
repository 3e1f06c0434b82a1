/**
 * Why a request is refused. The texts are wire behaviour: SDK tests and log searches of a decade rely on these
 * exact prefixes, our detail follows after `: `. Which status a code becomes is known to the error filter alone.
 */
export const REJECTIONS = {
  undecodable: 'failed to decode request',
  unparsable: 'failed to parse request',
  unhydratable: 'failed to hydrate events from request',
  empty_payload: 'request missing data payload',
  empty_batch: 'request holds no event',
  body_read: 'Error reading request body',
  body_stalled: 'client stopped sending data',
  missing_event_name: 'event submitted with an empty event name',
  missing_distinct_id: 'event submitted without a distinct_id',
  invalid_cookieless_mode: 'event submitted with invalid cookieless mode',
  missing_snapshot_data: 'replay event submitted without snapshot data',
  missing_session_id: 'replay event submitted without session id',
  invalid_session_id: 'replay event has invalid session id',
  invalid_event: 'invalid event could not be processed',
  event_too_big: 'maximum event size exceeded',
  payload_too_big: 'maximum event size exceeded',
  missing_token: 'event submitted without an api_key',
  mixed_tokens: 'batch submitted with inconsistent api_key values',
  invalid_token: 'API key is not valid',
  unknown_token: 'project API key is not valid',
  over_quota: 'billing limit reached',
  forbidden_origin: 'origin not allowed',
  not_found: 'no such route',
  method_not_allowed: 'method not allowed',
  transient: 'transient error, please retry',
  internal: 'internal error',
} as const;

export type RejectionCode = keyof typeof REJECTIONS;

/** Refuses the whole request. Thrown once a request at most; a single bad event of a batch is a `Drop` instead. */
export class CaptureError extends Error {
  override readonly name = 'CaptureError';

  constructor(
    readonly code: RejectionCode,
    /** What and where: index, field, limit, actual size. Never a token, an address or a value of the event. */
    readonly detail?: string,
  ) {
    super(detail ? `${REJECTIONS[code]}: ${detail}` : REJECTIONS[code]);
  }
}
