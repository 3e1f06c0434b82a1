import type { DroppedEvent } from '@app/event';
import type { Ingestion } from '@app/pipeline';
import type { FastifyReply } from 'fastify';
import type { NormalizedRequest } from './normalize-events.js';

/** Most replies, byte for byte what SDKs have seen for years. */
const OK = '{"status":"Ok"}';
/** A resent batch of garbage must not cost a reply as large as itself. */
const MAX_NAMED = 100;

/** Sets the head of a 200 (204 for a beacon with an accepted event) and returns its body. */
export function replyTo(
  { ack, accepted, dropped }: Ingestion,
  { request: { isBeacon, context }, quotaLimited, adjusted }: NormalizedRequest,
  reply: FastifyReply,
): string | undefined {
  if (ack !== undefined) reply.header('inlet-ack', ack);
  if (isBeacon && accepted > 0) {
    reply.status(204);
    return undefined;
  }
  reply.header('content-type', 'application/json; charset=utf-8');
  const bad = dropped.filter(({ drop }) => drop.rejection !== undefined);
  // Elsewhere the time of arrival is close to the truth.
  const named = context.isHistorical ? adjusted : [];
  if (bad.length === 0 && quotaLimited.length === 0 && named.length === 0) return OK;
  return JSON.stringify({
    status: 'Ok',
    ...(quotaLimited.length > 0 && { quota_limited: quotaLimited }),
    ...(bad.length > 0 && { dropped: bad.slice(0, MAX_NAMED).map(entry) }),
    ...(named.length > 0 && { adjusted: named.slice(0, MAX_NAMED) }),
  });
}

function entry({ index, uuid, drop: { cause, detail } }: DroppedEvent) {
  return { index, uuid, cause, detail };
}
