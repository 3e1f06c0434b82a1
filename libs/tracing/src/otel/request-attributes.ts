import type { ScannedPayload } from '@app/decoder';
import type { Attributes } from '@opentelemetry/api';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { RequestTrace } from './request-trace.js';
import { sdkOf } from './sdk-of.js';

export type Outcome = 'accepted' | 'partial' | 'dropped' | 'refused' | 'failed' | 'aborted';

/**
 * All that is said of a request. Names and numbers of ours, and an SDK's name that is on a list: no token, id, address, url, query,
 * header or text of the client's.
 */
export function requestAttributes(request: FastifyRequest, reply: FastifyReply, trace: RequestTrace): Attributes {
  const { body, headers, query } = request;
  const scanned: ScannedPayload | undefined = request.scanned;
  const sdk = sdkOf(text(headers['posthog-sdk-info']) || text(headers['user-agent']), (query as { ver?: unknown }).ver);
  return {
    'http.request.method': request.method,
    'http.route': request.routeOptions.url,
    'http.response.status_code': reply.statusCode,
    'http.request.body.size': Buffer.isBuffer(body) ? body.length : 0,
    'inlet.outcome': outcomeOf(request, reply, trace),
    'inlet.ack': trace.ack,
    'inlet.refusal': request.refusedAs,
    'inlet.payload.size': scanned?.text.length,
    'inlet.events.received': scanned?.events.length ?? 0,
    'inlet.events.accepted': trace.accepted,
    'inlet.sdk.name': sdk?.name,
    'inlet.sdk.version': sdk?.version,
  };
}

/** What of it was our fault, in the word that is counted under. */
export function failureOf(request: FastifyRequest, { statusCode }: FastifyReply): string | undefined {
  return statusCode < 500 ? undefined : (request.refusedAs ?? String(statusCode));
}

function outcomeOf({ scanned }: FastifyRequest, { raw, statusCode }: FastifyReply, { accepted }: RequestTrace): Outcome {
  if (!raw.writableFinished) return 'aborted';
  if (statusCode >= 500) return 'failed';
  if (statusCode >= 400) return 'refused';
  if (accepted === 0) return 'dropped';
  return accepted < (scanned?.events.length ?? 0) ? 'partial' : 'accepted';
}

function text(header: string | readonly string[] | undefined): string {
  return typeof header === 'string' ? header : '';
}
