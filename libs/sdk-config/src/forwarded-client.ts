import type { FastifyRequest } from 'fastify';

/**
 * What an upstream is told of who asks. What a client's own headers claim is never passed on as it came: the shell, which
 * knows proxies and IP modes, says what of it holds.
 */
export abstract class ForwardedClient {
  /**
   * @param token the project's, where the route names one
   * @returns `x-forwarded-…` headers, in lower case; none of an address that is not to be kept
   */
  abstract headersOf(request: FastifyRequest, token: string | undefined): Readonly<Record<string, string>>;
}
