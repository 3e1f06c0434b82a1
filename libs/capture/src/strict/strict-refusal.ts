import type { CaptureError } from '@app/event';
import type { FastifyReply } from 'fastify';
import { StrictError, strictNameOf } from './strict-error.js';

/** Where this gateway says what its answers mean: relative, so that it holds behind any proxy. */
const ERROR_URI = '/openapi.yaml#/paths/~1i~1v1~1analytics~1events';
const RETRY_SECONDS = '1';

/** How the strict endpoint writes a refusal, and with which status. */
export function writeStrictRefusal(error: CaptureError, status: number, reply: FastifyReply): string {
  const own = error instanceof StrictError ? error.status : status;
  reply.status(own).header('content-type', 'application/json; charset=utf-8');
  if (own === 415) reply.header('accept', 'application/json').header('accept-encoding', 'gzip, deflate, br, zstd');
  // The SDKs of this protocol read it, and cap it at half a minute; a 503 has the jittered one of all routes.
  if (own === 500 || own === 429) reply.header('retry-after', RETRY_SECONDS);
  return JSON.stringify({ error: strictNameOf(error), error_description: error.message, error_uri: ERROR_URI });
}
