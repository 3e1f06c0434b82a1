import type { DroppedEvent } from '@app/event';
import { OverQuota, type Ingestion } from '@app/pipeline';
import type { FastifyReply } from 'fastify';

/** Most replies, byte for byte what SDKs have seen for years. */
const OK = '{"status":"Ok"}';
/** A resent batch of garbage must not cost a reply as large as itself. */
const MAX_NAMED = 100;
const NONE: readonly string[] = [];

/** Sets the head of a 200 (204 for a beacon with an accepted event) and returns its body. */
export function replyTo({ ack, accepted, dropped }: Ingestion, isBeacon: boolean, reply: FastifyReply): string | undefined {
  if (ack !== undefined) reply.header('inlet-ack', ack);
  if (isBeacon && accepted > 0) {
    reply.status(204);
    return undefined;
  }
  reply.header('content-type', 'application/json; charset=utf-8');
  const bad = dropped.filter(({ drop }) => drop.rejection !== undefined);
  const limited = dropped.length === 0 ? NONE : limitedResources(dropped);
  if (bad.length === 0 && limited.length === 0) return OK;
  return JSON.stringify({
    status: 'Ok',
    ...(limited.length > 0 && { quota_limited: limited }),
    ...(bad.length > 0 && { dropped: bad.slice(0, MAX_NAMED).map(entry) }),
  });
}

/** A quota is a project's, so of a request's resource either all events are over it or none. */
function limitedResources(dropped: readonly DroppedEvent[]): readonly string[] {
  const resources = new Set<string>();
  for (const { drop } of dropped) if (drop instanceof OverQuota) resources.add(drop.resource);
  return [...resources];
}

function entry({ index, uuid, drop: { cause, detail } }: DroppedEvent) {
  return { index, uuid, cause, detail };
}
