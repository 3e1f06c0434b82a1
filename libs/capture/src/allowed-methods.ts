import type { FastifyRequest } from 'fastify';

const METHODS = ['GET', 'POST', 'OPTIONS'] as const;

/** The methods that the route of a request's path has; none when there is no such route. Only routes without parameters are known. */
export function allowedMethods({ server, url }: FastifyRequest): readonly string[] {
  const path = url.split('?', 1)[0].replace(/\/$/, '') || '/';
  return METHODS.filter((method) => server.hasRoute({ method, url: path }));
}
