import type { FastifyInstance, RouteOptions } from 'fastify';
import { register } from 'prom-client';

/** Has /metrics answered with what several processes have counted. Before the route is added. */
export function metricsPage(fastify: FastifyInstance, text: () => Promise<string>): void {
  fastify.addHook('onRoute', (route: RouteOptions) => {
    if (route.url !== '/metrics') return;
    route.handler = async (_request, reply) => reply.type(register.contentType).send(await text());
  });
}
