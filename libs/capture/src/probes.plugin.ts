import type { FastifyInstance, FastifyRequest } from 'fastify';
import { allowedMethods } from './allowed-methods.js';

/**
 * Answers what load balancers and monitors ask with, before limits, tokens or the decoder are touched. To be added behind the CORS plugin.
 *
 * HEAD is served wherever GET is (by Fastify, of GET's own handler); on a capture route, where GET stores an event, it is answered here and
 * stores nothing. OPTIONS is answered for any path: a balancer takes a server out that says 404 or 405.
 *
 * @param isCaptureRoute whether a request's route takes events
 */
export function probesPlugin(fastify: FastifyInstance, isCaptureRoute: (request: FastifyRequest) => boolean): void {
  fastify.addHook('onRequest', (request, reply, done) => {
    const isProbe = request.method === 'HEAD' ? isCaptureRoute(request) : request.method === 'OPTIONS' && request.is404;
    if (!isProbe) return done();
    if (request.method === 'OPTIONS') reply.header('allow', allowedMethods(request).join(', ') || 'OPTIONS');
    reply.status(200).send();
  });
}
