import type { FastifyInstance } from 'fastify';

/**
 * Refusals quote what was sent: no browser shall take one for a page. Nothing here is ever shown in a frame, and nothing
 * says which server this is.
 */
export function securityHeaders(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (_request, reply, done) => {
    reply.header('x-content-type-options', 'nosniff');
    done();
  });
}
