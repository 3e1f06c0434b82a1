import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@app/event';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ByteBudget, Reservation } from './byte-budget.js';
import { collectBody, type BodyStore, type CollectLimits, type TurnFor } from './collect-body.js';
import { presumedSize } from './encodings/gzip.js';
import { decodeBody } from './decode-body.js';
import type { DecoderConfig } from './decoder.config.js';
import { dropRestOf } from './rest-of-body.js';
import { scanInPieces, scanPayload, type ScannedPayload } from './scan/scan-payload.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body's JSON, seen through; only on capture routes. */
    scanned: ScannedPayload | undefined;
    /** Bytes this request holds of the process's budget. */
    reservation: Reservation | undefined;
    /** When the request's head had been read, Unix milliseconds. */
    receivedAt: number;
    /** The content type as the client gave it; on capture routes the header itself no longer has it. */
    sentContentType: string | undefined;
  }
}

export interface DecoderPluginOptions {
  readonly config: DecoderConfig;
  readonly budget: ByteBudget;
  /** The share of it that recordings may take. */
  readonly replayBudget: ByteBudget;
  /** False where somebody else has read the bodies, and holds their bytes until they are answered. */
  readonly countsBodies?: boolean;
  /** Where a request's body is kept instead; whatever that gives is `request.body` then, and nothing here looks at it. */
  readonly storeFor?: (request: FastifyRequest) => BodyStore<unknown> | undefined;
  readonly clock: Clock;
  /** Whether the request's route takes events (or another capture payload); all other routes are left alone. */
  readonly isCaptureRoute: (request: FastifyRequest) => boolean;
  /** Whether it is the route of session recordings, whose bodies may be larger. */
  readonly isReplayRoute: (request: FastifyRequest) => boolean;
  /** The limits of routes that take a body of another kind and decode it themselves. */
  readonly ownLimits?: (request: FastifyRequest) => CollectLimits | undefined;
  /** To be waited for before work on so many bytes; nothing when that is not for long. */
  readonly turnFor?: TurnFor;
  /** Told once a request is decoded, before guards run. */
  readonly onScanned?: (request: FastifyRequest, scanned: ScannedPayload) => void;
}

/**
 * Decoding comes before the guards because the token is inside the compressed body. The parser only collects bytes
 * (it does not run for GET); the hook, which always runs, calls two pure functions.
 */
export function decoderPlugin(
  fastify: FastifyInstance,
  {
    config,
    budget,
    replayBudget,
    countsBodies = true,
    storeFor,
    clock,
    isCaptureRoute,
    isReplayRoute,
    ownLimits,
    turnFor,
    onScanned,
  }: DecoderPluginOptions,
): void {
  const stallMs = config.bodyChunkReadTimeoutMs;
  const collectLimits = { maxBytes: config.maxBodyBytes, variable: 'MAX_BODY_BYTES', stallMs };
  const replayLimits = { maxBytes: config.maxReplayBodyBytes, variable: 'MAX_REPLAY_BODY_BYTES', stallMs };
  const scanLimits = { maxDepth: config.maxJsonDepth, maxEvents: config.maxEventsPerRequest };

  fastify.decorateRequest('scanned', undefined);
  fastify.decorateRequest('reservation', undefined);
  fastify.decorateRequest('receivedAt', 0);
  fastify.decorateRequest('sentContentType', undefined);
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { bodyLimit: Number.MAX_SAFE_INTEGER }, (request: FastifyRequest, payload: IncomingMessage) => {
    // The answer does not wait for a body that nobody wants.
    if (request.is404) return NOTHING;
    return collectBody(payload, ownLimits?.(request) ?? (isReplayRoute(request) ? replayLimits : collectLimits), {
      reservation: countsBodies ? reservationOf(request) : new Reservation(COUNTED_ALREADY),
      turnFor,
      store: storeFor?.(request),
      totalMs: config.bodyTotalTimeoutMs,
    });
  });

  fastify.addHook('onRequest', (request, reply, done) => {
    // The response's end and the socket's both end in `close`; `onResponse` misses aborted requests.
    reply.raw.once('close', () => reservationOf(request).release());
    if (request.is404) dropRestOf(request.raw, reply.raw);
    request.receivedAt = clock.now();
    if (isCaptureRoute(request) || ownLimits?.(request) !== undefined) hideContentType(request);
    done();
  });

  fastify.addHook('preValidation', (request, _reply, done) => {
    if (!isCaptureRoute(request) || request.method === 'OPTIONS') return done();
    try {
      const waiting = turnFor?.(presumedSize(bodyOf(request)));
      const decoded = waiting === undefined ? decode(request) : waiting.then(() => decode(request));
      if (decoded instanceof Promise) {
        decoded.then((bytes) => scanInTurn(request, bytes)).then(() => done(), done);
      } else {
        scan(request, decoded);
        done();
      }
    } catch (error) {
      done(error as Error);
    }
  });

  function decode(request: FastifyRequest): Buffer | Promise<Buffer> {
    const reservation = reservationOf(request);
    return decodeBody(sourceOf(request), { maxInflatedBytes: config.maxInflatedBytes, reserve: (bytes) => reservation.grow(bytes) });
  }

  function scan(request: FastifyRequest, bytes: Buffer): void {
    reserveFor(request, bytes);
    accept(request, scanPayload(bytes, scanLimits));
  }

  async function scanInTurn(request: FastifyRequest, bytes: Buffer): Promise<void> {
    const first = turnFor?.(bytes.length);
    if (first === undefined) return scan(request, bytes);
    await reserveInTime(request, bytes);
    await first;
    accept(request, await scanInPieces(bytes, scanLimits, async () => turnFor?.(bytes.length)));
  }

  /** @throws CaptureError `transient` when memory is short */
  function reserveFor(request: FastifyRequest, bytes: Buffer): void {
    // The scanner's text and the messages to come: each about as large as the payload.
    const refusal = reservationOf(request).grow(2 * bytes.length);
    if (refusal) throw refusal;
  }

  /** A large body has come all the way: sooner than to have it sent again, wait for others to be done with theirs. */
  async function reserveInTime(request: FastifyRequest, bytes: Buffer): Promise<void> {
    const until = performance.now() + RESERVE_PATIENCE_MS;
    while (reservationOf(request).lacks(2 * bytes.length) && performance.now() < until) await sleep(RESERVE_RETRY_MS);
    reserveFor(request, bytes);
  }

  function accept(request: FastifyRequest, scanned: ScannedPayload): void {
    request.scanned = scanned;
    onScanned?.(request, scanned);
  }

  function reservationOf(request: FastifyRequest): Reservation {
    return (request.reservation ??= new Reservation(isReplayRoute(request) ? replayBudget : budget));
  }
}

/** How long a large body waits for memory before it is answered 503, and how often it looks. */
const RESERVE_PATIENCE_MS = 2000;
const RESERVE_RETRY_MS = 10;

const COUNTED_ALREADY = new ByteBudget(Infinity);

/** Fastify answers 415 to a content type that it can't read; SDKs and proxies send some, and the bytes are what counts. */
function hideContentType(request: FastifyRequest): void {
  const { headers } = request.raw;
  request.sentContentType = headers['content-type'];
  if (request.sentContentType !== undefined) headers['content-type'] = 'application/octet-stream';
}

const NO_BODY = Buffer.alloc(0);
const NOTHING = Promise.resolve(NO_BODY);

function bodyOf({ body }: FastifyRequest): Buffer {
  return Buffer.isBuffer(body) ? body : NO_BODY;
}

function sourceOf(request: FastifyRequest) {
  return {
    body: bodyOf(request),
    contentType: request.sentContentType,
    contentEncoding: request.headers['content-encoding'],
    query: request.query as Record<string, unknown>,
  };
}
