import type { DecodePolicies, DecodePolicy } from '@app/decoder';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { bearerToken } from './bearer-token.js';
import { readStrictBatch, type StrictBatch } from './strict-batch.js';
import type { StrictConfig } from './strict.config.js';
import { readStrictHeaders, type StrictHeaders } from './strict-headers.js';
import { writeStrictRefusal } from './strict-refusal.js';

/** The second is where newer SDKs send AI events. It is the same in all: an event's name decides where it goes, not its path. */
export const STRICT_PATHS = ['i/v1/analytics/events', 'i/v1/ai/events'];
const STRICT_ROUTES: ReadonlySet<string> = new Set(STRICT_PATHS.map((path) => `/${path}`));

declare module 'fastify' {
  interface FastifyRequest {
    /** Only on the strict endpoint. */
    strictHeaders: StrictHeaders | undefined;
    strictBatch: StrictBatch | undefined;
  }
}

/** How the strict endpoint's bodies are decoded: by what the header says, with limits of its own. */
export function strictPolicy(config: StrictConfig, { events }: DecodePolicies): DecodePolicy {
  return {
    ...events,
    wrapping: 'declared',
    wire: { ...events.wire, maxBytes: config.maxCompressedBytes, variable: 'CAPTURE_V1_MAX_COMPRESSED_BODY_BYTES' },
    inflated: { ...events.inflated, maxBytes: config.maxDecompressedBytes, variable: 'CAPTURE_V1_MAX_DECOMPRESSED_BODY_BYTES' },
    scan: { ...events.scan, isTokenElsewhere: true, isListNoMap: true },
  };
}

/** Token and head are checked before the body is decoded. To be added before the decoder. */
export function strictHeadPlugin(fastify: FastifyInstance): void {
  fastify.decorateRequest('strictHeaders', undefined);
  fastify.addHook('onRequest', (request, _reply, done) => {
    if (isStrictPath(request)) request.writeRefusal = writeStrictRefusal;
    done();
  });
  fastify.addHook('preValidation', async (request) => {
    if (!isStrictRoute(request) || request.method !== 'POST') return;
    request.token = bearerToken(request.headers.authorization);
    request.strictHeaders = readStrictHeaders(request.headers, request.sentContentType);
  });
}

/** What the body says of the whole batch is read once it is decoded, before the guards run. To be added behind the decoder. */
export function strictBatchPlugin(fastify: FastifyInstance): void {
  fastify.decorateRequest('strictBatch', undefined);
  fastify.addHook('preValidation', async (request) => {
    if (request.strictHeaders !== undefined && request.scanned !== undefined) request.strictBatch = readStrictBatch(request.scanned);
  });
}

export function isStrictRoute(request: FastifyRequest): boolean {
  return STRICT_ROUTES.has(request.routeOptions.url ?? '');
}

/** Also with a method that it does not have. */
function isStrictPath(request: FastifyRequest): boolean {
  return isStrictRoute(request) || (request.is404 && /^\/i\/v1\/(?:analytics|ai)\/events\/?(?:\?|$)/.test(request.url));
}
