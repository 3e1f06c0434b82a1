import type { CollectLimits, DecoderConfig, ScannedPayload } from '@app/decoder';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { bearerToken } from './bearer-token.js';
import { decodeStrict } from './decode-strict.js';
import { readStrictBatch, type StrictBatch } from './strict-batch.js';
import type { StrictConfig } from './strict.config.js';
import { readStrictHeaders, type StrictHeaders } from './strict-headers.js';
import { writeStrictRefusal } from './strict-refusal.js';

export const STRICT_PATH = 'i/v1/analytics/events';

declare module 'fastify' {
  interface FastifyRequest {
    /** Only on the strict endpoint: its head and body. */
    strict: { readonly headers: StrictHeaders; readonly batch: StrictBatch } | undefined;
  }
}

export interface StrictPluginOptions {
  readonly config: StrictConfig;
  readonly decoder: DecoderConfig;
  /** Told once a request is decoded, before guards run. */
  readonly onScanned: (request: FastifyRequest, payload: ScannedPayload) => void;
}

/** The strict endpoint's part of Fastify's lifecycle: token and head are checked, then the body is decoded, before the guards run. */
export function strictPlugin(fastify: FastifyInstance, { config, decoder, onScanned }: StrictPluginOptions): void {
  fastify.decorateRequest('strict', undefined);

  fastify.addHook('onRequest', (request, _reply, done) => {
    if (isStrictPath(request)) request.writeRefusal = writeStrictRefusal;
    done();
  });

  fastify.addHook('preValidation', async (request) => {
    if (!isStrictRoute(request) || request.method !== 'POST') return;
    request.token = bearerToken(request.headers.authorization);
    const headers = readStrictHeaders(request.headers, request.sentContentType);
    const payload = await decodeStrict(Buffer.isBuffer(request.body) ? request.body : undefined, headers.encoding, {
      config,
      maxDepth: decoder.maxJsonDepth,
      maxEvents: decoder.maxEventsPerRequest,
      reserve: (bytes) => request.reservation?.grow(bytes),
    });
    request.scanned = payload;
    onScanned(request, payload);
    request.strict = { headers, batch: readStrictBatch(payload) };
  });
}

/** For the decoder: how much of a body the strict endpoint takes; undefined on all other routes. */
export function strictLimits(config: StrictConfig, decoder: DecoderConfig): (request: FastifyRequest) => CollectLimits | undefined {
  const limits = {
    maxBytes: config.maxCompressedBytes,
    variable: 'CAPTURE_V1_MAX_COMPRESSED_BODY_BYTES',
    stallMs: decoder.bodyChunkReadTimeoutMs,
  };
  return (request) => (isStrictRoute(request) ? limits : undefined);
}

function isStrictRoute(request: FastifyRequest): boolean {
  return request.routeOptions.url === `/${STRICT_PATH}`;
}

/** Also with a method that it does not have. */
function isStrictPath(request: FastifyRequest): boolean {
  return isStrictRoute(request) || (request.is404 && /^\/i\/v1\/analytics\/events\/?(?:\?|$)/.test(request.url));
}
