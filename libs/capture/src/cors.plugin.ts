import type { FastifyInstance } from 'fastify';

const METHODS = 'GET, POST, OPTIONS';
/** What browser SDKs may read beside the simple headers. */
const EXPOSED = 'Retry-After, Inlet-Ack';
const PREFLIGHT_SECONDS = '86400';

/** With which a page of that origin may read an answer. */
export function corsHeaders(origin: string): Record<string, string> {
  return {
    'access-control-allow-origin': origin,
    'access-control-allow-credentials': 'true',
    'access-control-expose-headers': EXPOSED,
    vary: 'Origin',
  };
}

/**
 * Mirrors origin and asked headers, with credentials: browser SDKs send cookies, and `*` would hide a stored event's
 * 200 from them, so that they send it again. Set before anything can fail, so that errors carry it too. Preflights are
 * answered here and never reach tokens, limits or the decoder.
 *
 * @param isForOperators whether a route is none that pages ask: no other site may have a visitor's browser read it
 */
export function corsPlugin(fastify: FastifyInstance, isForOperators: (path: string) => boolean = () => false): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    if (origin === undefined || isForOperators(request.routeOptions.url ?? pathOf(request.url))) return done();
    reply.headers(corsHeaders(origin));
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return done();

    const asked = request.headers['access-control-request-headers'];
    if (asked !== undefined) reply.header('access-control-allow-headers', asked);
    reply.header('access-control-allow-methods', METHODS);
    reply.header('access-control-max-age', PREFLIGHT_SECONDS);
    reply.status(200).send();
  });
}

function pathOf(url: string): string {
  return url.split('?', 1)[0].replace(/(?<=.)\/$/, '');
}
