import type { CaptureError } from '@app/event';
import type { FastifyReply } from 'fastify';
import { StrictError, strictNameOf } from './strict-error.js';

const RETRY_SECONDS = '1';

/** How the strict endpoint writes a refusal, and with which status. */
export function writeStrictRefusal(error: CaptureError, status: number, reply: FastifyReply, link: string): string {
  const own = error instanceof StrictError ? error.status : status;
  reply.status(own).header('content-type', 'application/json; charset=utf-8');
  if (own === 415) reply.header('accept', 'application/json').header('accept-encoding', 'gzip, deflate, br, zstd');
  // The SDKs of this protocol read it, and cap it at half a minute; a 503 has the jittered one of all routes.
  if (own === 500 || own === 429) reply.header('retry-after', RETRY_SECONDS);
  return JSON.stringify({ error: strictNameOf(error), error_description: error.message, error_uri: link });
}
