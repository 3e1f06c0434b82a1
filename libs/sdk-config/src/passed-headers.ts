import type { IncomingHttpHeaders } from 'node:http';

/**
 * What the upstream learns of a request. Browsers' origin and referer are how it tells a project's own pages; cookies,
 * `Authorization` (no SDK sends one to these routes) and whatever else may say who asks are not its business.
 */
const FORWARDED = [
  'accept',
  'accept-encoding',
  'accept-language',
  'content-encoding',
  'content-type',
  'if-modified-since',
  'if-none-match',
  'origin',
  'referer',
  'user-agent',
] as const;

/** What the client learns of the answer: what it needs to read it and to keep it. CORS, cookies and the connection are ours to decide on. */
const RETURNED = [
  'age',
  'cache-control',
  'content-encoding',
  'content-language',
  'content-length',
  'content-type',
  'etag',
  'expires',
  'last-modified',
  'retry-after',
] as const;

export function forwardedHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return picked(headers, FORWARDED);
}

export function returnedHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return { ...picked(headers, RETURNED), vary: withOrigin(headers.vary) };
}

/** Headers named in `Connection` are of that connection alone (RFC 9110, 7.6.1). */
function picked(headers: IncomingHttpHeaders, names: readonly string[]): Record<string, string> {
  const ofConnection = textOf(headers.connection).toLowerCase().split(',');
  const hops = new Set(ofConnection.map((name) => name.trim()));
  const found = names.filter((name) => headers[name] !== undefined && !hops.has(name));
  return Object.fromEntries(found.map((name) => [name, textOf(headers[name])]));
}

/** Our CORS headers mirror the origin, so no cache may give one site's answer to another, or one without them to a browser. */
function withOrigin(vary: string | string[] | undefined): string {
  const names = textOf(vary);
  if (names === '') return 'Origin';
  return /(?:^|,)\s*(?:\*|origin)\s*(?:,|$)/i.test(names) ? names : `${names}, Origin`;
}

function textOf(header: string | string[] | undefined): string {
  return Array.isArray(header) ? header.join(', ') : (header ?? '');
}
