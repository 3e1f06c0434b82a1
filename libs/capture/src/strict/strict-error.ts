import { causeNameOf } from '@app/causes';
import { CaptureError, type RejectionCode } from '@app/event';

interface Meaning {
  /** What the error is to the ledger, the metrics, and everybody who knows only the other routes. */
  readonly as: RejectionCode;
  readonly status: number;
}

/** Codes that only the strict endpoint has: their names and statuses are wire behaviour. */
const MEANINGS = {
  missing_required_headers: { as: 'undecodable', status: 400 },
  invalid_header_value: { as: 'undecodable', status: 400 },
  unsupported_content_type: { as: 'undecodable', status: 415 },
  unsupported_encoding: { as: 'undecodable', status: 415 },
  missing_api_token: { as: 'missing_token', status: 401 },
  invalid_batch: { as: 'unparsable', status: 400 },
  missing_event_uuid: { as: 'unparsable', status: 400 },
  invalid_event_uuid: { as: 'unparsable', status: 400 },
  duplicate_event_uuid: { as: 'unparsable', status: 400 },
  billing_limit_exceeded: { as: 'over_quota', status: 402 },
} as const satisfies Record<string, Meaning>;

export type StrictCode = keyof typeof MEANINGS;

/** The names that the strict endpoint has for what the other routes know as well. */
const NAMES: Partial<Record<RejectionCode, string>> = {
  undecodable: 'request_decoding_error',
  body_read: 'request_decoding_error',
  unparsable: 'request_parsing_error',
  empty_payload: 'empty_body',
  empty_batch: 'empty_batch',
  payload_too_big: 'payload_too_large',
  body_stalled: 'body_read_timeout',
  missing_token: 'missing_api_token',
  invalid_token: 'invalid_api_token',
  unknown_token: 'invalid_api_token',
  transient: 'service_unavailable',
  internal: 'internal_error',
};

/** Refuses a whole request of the strict endpoint. */
export class StrictError extends CaptureError {
  readonly status: number;

  constructor(
    readonly strictCode: StrictCode,
    detail: string,
  ) {
    super(MEANINGS[strictCode].as, detail, causeNameOf(strictCode) ?? MEANINGS[strictCode].as);
    this.status = MEANINGS[strictCode].status;
  }
}

/** The `error` of the reply. */
export function strictNameOf(error: CaptureError): string {
  return error instanceof StrictError ? error.strictCode : (NAMES[error.code] ?? error.code);
}
