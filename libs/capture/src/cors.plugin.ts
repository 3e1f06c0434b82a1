import type { FastifyInstance } from 'fastify';

const METHODS = 'GET, POST, OPTIONS';
/** What browser SDKs may read beside the simple headers. */
const EXPOSED = 'Retry-After, Inlet-Ack';
const PREFLIGHT_SECONDS = '86400';

/**
 * Mirrors origin and asked headers, with credentials: browser SDKs send cookies, and `*` would hide a stored event's
 * 200 from them, so that they send it again. Set before anything can fail, so that errors carry it too. Preflights are
 * answered here and never reach tokens, limits or the decoder.
 */
export function corsPlugin(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const { origin } = request.headers;
    if (origin === undefined) return done();
    reply.header('access-control-allow-origin', origin);
    reply.header('access-control-allow-credentials', 'true');
    reply.header('access-control-expose-headers', EXPOSED);
    reply.header('vary', 'Origin');
    if (request.method !== 'OPTIONS' || request.headers['access-control-request-method'] === undefined) return done();

    const asked = request.headers['access-control-request-headers'];
    if (asked !== undefined) reply.header('access-control-allow-headers', asked);
    reply.header('access-control-allow-methods', METHODS);
    reply.header('access-control-max-age', PREFLIGHT_SECONDS);
    reply.status(200).send();
  });
}
