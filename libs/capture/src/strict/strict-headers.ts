import { CONTENT_ENCODINGS, contentEncodingOf } from '@app/decoder';
import type { IncomingHttpHeaders } from 'node:http';
import { parseRfc3339 } from '../rfc3339.js';
import { parseUuid } from '../uuid.js';
import { StrictError } from './strict-error.js';

/** What a request of the strict endpoint says in its head. */
export interface StrictHeaders {
  /** When it was sent, Unix milliseconds by the client's clock. */
  readonly sentAt: number;
  /** Undefined when the header is none of `name/version`: then the events get no `$lib`. */
  readonly library: { readonly name: string; readonly version: string } | undefined;
}

const REQUIRED = [
  'content-type',
  'user-agent',
  'posthog-sdk-info',
  'posthog-attempt',
  'posthog-request-id',
  'posthog-request-timestamp',
] as const;
const MAX_LIBRARY_LENGTH = 200;

/** @throws StrictError for what is missing, unreadable or not supported */
export function readStrictHeaders(headers: IncomingHttpHeaders, contentType: string | undefined): StrictHeaders {
  const missing = REQUIRED.filter((name) => !(name === 'content-type' ? contentType : text(headers[name])));
  if (missing.length > 0) throw new StrictError('missing_required_headers', `missing: ${missing.join(', ')}`);
  if (!/^[1-9]\d{0,8}$/.test(text(headers['posthog-attempt'])))
    throw new StrictError('invalid_header_value', 'PostHog-Attempt must be an integer from 1');
  if (parseUuid(text(headers['posthog-request-id'])) === undefined)
    throw new StrictError('invalid_header_value', 'PostHog-Request-Id must be a UUID');
  const sentAt = parseRfc3339(text(headers['posthog-request-timestamp']));
  if (sentAt === undefined) throw new StrictError('invalid_header_value', 'PostHog-Request-Timestamp must be an RFC 3339 time');
  if (contentType?.split(';', 1)[0].trim().toLowerCase() !== 'application/json')
    throw new StrictError('unsupported_content_type', 'Content-Type must be application/json');
  checkEncoding(text(headers['content-encoding']));
  return { sentAt, library: readLibrary(text(headers['posthog-sdk-info'])) };
}

function checkEncoding(header: string): void {
  const name = header.toLowerCase();
  if (name !== '' && name !== 'identity' && contentEncodingOf(name) === undefined)
    throw new StrictError('unsupported_encoding', `Content-Encoding must be one of ${CONTENT_ENCODINGS.join(', ')}`);
}

/** `posthog-python/7.91.1`; a name may have slashes in it. */
function readLibrary(info: string): StrictHeaders['library'] {
  const slash = info.lastIndexOf('/');
  if (info.length > MAX_LIBRARY_LENGTH || slash < 1 || slash === info.length - 1) return undefined;
  return { name: info.slice(0, slash), version: info.slice(slash + 1) };
}

function text(value: string | readonly string[] | undefined): string {
  return typeof value === 'string' ? value.trim() : '';
}
