import type { CollectLimits, DecoderConfig } from '@app/decoder';
import type { FastifyRequest } from 'fastify';

/** A person's properties come with a question for flags, but never an event. */
const MAX_BODY_BYTES = 1024 * 1024;
const ROUTES: ReadonlySet<string | undefined> = new Set(['/flags', '/decide']);

/** For the decoder: how much of a body these routes take, of any content type; undefined on all other routes. */
export function sdkLimits({ bodyChunkReadTimeoutMs }: DecoderConfig): (request: FastifyRequest) => CollectLimits | undefined {
  const limits = { maxBytes: MAX_BODY_BYTES, variable: 'fixed', stallMs: bodyChunkReadTimeoutMs };
  return (request) => (ROUTES.has(request.routeOptions.url) ? limits : undefined);
}
