import type { FastifyRequest } from 'fastify';

/** Of one connection (RFC 9110, 7.6.1), made anew by `fetch`, or nobody else's business: a site's cookies above all. */
const NOT_FORWARDED = new Set([
  'accept-encoding',
  'connection',
  'content-length',
  'content-type',
  'cookie',
  'expect',
  'host',
  'keep-alive',
  'proxy-authorization',
  'proxy-connection',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
  'x-forwarded-for',
]);
/** `fetch` has decoded the body; CORS and cookies are ours to decide on. */
const NOT_RETURNED = /^(?:access-control-.*|connection|content-encoding|content-length|keep-alive|set-cookie|transfer-encoding|vary)$/;

export function forwardedHeaders(request: FastifyRequest): Record<string, string> {
  const headers: Record<string, string> = { 'accept-encoding': 'identity' };
  for (const [name, value] of Object.entries(request.headers))
    if (!NOT_FORWARDED.has(name) && value !== undefined) headers[name] = Array.isArray(value) ? value.join(', ') : value;
  // The decoder hides it from Fastify.
  if (request.sentContentType !== undefined) headers['content-type'] = request.sentContentType;
  const peer = request.raw.socket?.remoteAddress ?? 'unknown';
  const before = request.headers['x-forwarded-for'];
  headers['x-forwarded-for'] = before === undefined ? peer : `${String(before)}, ${peer}`;
  return headers;
}

export function returnedHeaders(headers: Headers): Record<string, string> {
  return Object.fromEntries([...headers].filter(([name]) => !NOT_RETURNED.test(name)));
}
