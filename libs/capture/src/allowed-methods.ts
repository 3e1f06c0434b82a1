import type { FastifyRequest } from 'fastify';

const METHODS = ['GET', 'HEAD', 'POST'] as const;

/** The methods that the route of a request's path has; none when there is no such route. Only routes without parameters are known. */
export function allowedMethods({ server, url }: FastifyRequest): readonly string[] {
  const path = url.split('?', 1)[0].replace(/\/$/, '') || '/';
  const methods = METHODS.filter((method) => server.hasRoute({ method, url: path }));
  // Answered on any path.
  return methods.length === 0 ? methods : [...methods, 'OPTIONS'];
}
