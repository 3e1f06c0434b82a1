import type { FastifyInstance } from 'fastify';

/** Only between the two processes: the one that serves sets it whatever the client has sent. */
export const RECEIVED_AT = 'inlet-received-at';

/** A request came when it reached the process, not when the one that works on it had time for it. After the decoder's hook, which asks the clock. */
export function receiveTimePlugin(fastify: FastifyInstance): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    request.receivedAt = Number(request.headers[RECEIVED_AT]);
    done();
  });
}
