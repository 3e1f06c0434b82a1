import { CaptureError } from '@app/event';
import type { FastifyInstance } from 'fastify';
import type { CanaryMark } from './canary-mark.js';
import { CANARY_HEADER, CANARY_PATH } from './canary-route.js';

/** For everybody else the canary's route is not there; before the body is read, so that it is no way to send one either. */
export function canaryPlugin(fastify: FastifyInstance, mark: CanaryMark): void {
  fastify.addHook('onRequest', (request, _reply, done) => {
    const isStranger = request.routeOptions.url === CANARY_PATH && !mark.matches(request.headers[CANARY_HEADER]);
    done(isStranger ? new CaptureError('not_found') : undefined);
  });
}
