import type { Message } from '../outcome.js';
import type { Wire } from '../wire.js';
import type { ReferenceEvent } from './normalise.js';

export interface Shared {
  readonly wire: Wire;
  readonly token: string;
  readonly sentAt: number | undefined;
  readonly isHistorical: boolean;
}

/** Protocol 5.1, 5.2 and 5.5. */
export function messageOf(event: ReferenceEvent, uuid: string, { wire, token, sentAt, isHistorical }: Shared): Message {
  const now = new Date(wire.now).toISOString();
  const envelope = {
    uuid,
    distinct_id: event.distinctId,
    ip: event.ip,
    data: event.data,
    now,
    ...(sentAt !== undefined && { sent_at: new Date(sentAt).toISOString() }),
    token,
    event: event.name,
    timestamp: new Date(event.timestamp).toISOString(),
    ...(event.isCookieless && { is_cookieless_mode: true }),
    ...(isHistorical && { historical_migration: true }),
  };
  const headers = {
    token,
    distinct_id: event.distinctId,
    timestamp: `${event.timestamp}`,
    event: event.name,
    uuid,
    now,
    ...(event.sessionId !== undefined && { session_id: event.sessionId }),
    ...(isHistorical && { historical_migration: 'true' }),
    ...(event.skipHeatmap && { skip_heatmap_processing: 'true' }),
  };
  return { route: event.route, key: keyOf(event, token), envelope: JSON.stringify(envelope), headers: Object.entries(headers) };
}

function keyOf({ route, sessionId, isCookieless, ip, distinctId }: ReferenceEvent, token: string): string {
  if (route === 'replay' && sessionId) return sessionId;
  return isCookieless ? `${token}:${ip}` : `${token}:${distinctId}`;
}
