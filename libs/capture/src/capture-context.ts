import { isoTime, type CaptureContext } from '@app/event';
import { isSnapshot, type RawText, type ScannedPayload } from '@app/decoder';
import type { FastifyRequest } from 'fastify';
import { isStorable } from './event-time.js';
import { rfc3339Of } from './rfc3339.js';

/** A `_` that reads as an earlier time is in seconds, or nonsense. */
const FIRST_SENT_AT = Date.UTC(2020, 0, 1);

/** @param ip the client's address */
export function captureContext(request: FastifyRequest, payload: ScannedPayload, now: number, ip: string): CaptureContext {
  const sentAt = readSentAt(payload.sentAt) ?? snapshotSentAt(payload) ?? querySentAt(request.query as Record<string, unknown>);
  return {
    now,
    nowText: isoTime(now),
    path: request.routeOptions.url ?? '',
    ip,
    userAgent: request.headers['user-agent'] ?? '',
    sentAt,
    sentAtText: sentAt === undefined ? undefined : isoTime(sentAt),
    doNotTrack: request.headers.dnt === '1' || request.headers['sec-gpc'] === '1',
    isHistorical: payload.isHistorical === true,
  };
}

/** Browser SDKs send recordings as a bare array, and say when within each of its events. */
function snapshotSentAt({ events: [first] }: ScannedPayload): number | undefined {
  return isSnapshot(first) ? readSentAt(first.sentAt) : undefined;
}

/**
 * RFC 3339, as every SDK that sends it writes it; anything else is as good as absent. A clock that is taken for another one
 * moves every event of the request.
 */
function readSentAt(sentAt: RawText | undefined): number | undefined {
  return sentAt && rfc3339Of(sentAt);
}

/** `_`: Unix milliseconds by the client's clock, as old browser SDKs say when they send. */
function querySentAt(query: Record<string, unknown>): number | undefined {
  const text = query._;
  if (typeof text !== 'string' || !/^\d{1,15}$/.test(text)) return undefined;
  const value = Number(text);
  return value >= FIRST_SENT_AT && isStorable(value) ? value : undefined;
}
