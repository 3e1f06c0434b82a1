import type { IncomingMessage } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { dropRestOf } from '@app/connections';
import type { CaptureError, Clock } from '@app/event';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { ByteBudget, Reservation } from './byte-budget.js';
import { collectBody, type BodyStore, type CollectLimits, type TurnFor } from './collect-body.js';
import { decode } from './decode.js';
import type { DecodePolicy } from './decode-policy.js';
import { isFromSocket, letGo } from './let-go.js';
import type { ScannedPayload } from './scan/scan-payload.js';
import type { BodySource } from './unwrap.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** The body's JSON, seen through; only on capture routes. */
    scanned: ScannedPayload | undefined;
    /** Bytes this request holds of the process's budget. */
    reservation: Reservation | undefined;
    /** Its body is being read, maybe for longer than its client stays. */
    isDecoding: boolean;
    /** When the request's head had been read, Unix milliseconds. */
    receivedAt: number;
    /** The content type as the client gave it; on capture routes the header itself no longer has it. */
    sentContentType: string | undefined;
  }
}

export interface DecoderPluginOptions {
  readonly budget: ByteBudget;
  /** The share of it that recordings may take. */
  readonly replayBudget: ByteBudget;
  /** False where somebody else has read the bodies, and holds their bytes until they are answered. */
  readonly countsBodies?: boolean;
  /** Where a request's body is kept instead; whatever that gives is `request.body` then, and nothing here looks at it. */
  readonly storeFor?: (request: FastifyRequest) => BodyStore<unknown> | undefined;
  readonly clock: Clock;
  /** How the bodies of a request's route are decoded; undefined on routes that take no events (or another capture payload). */
  readonly policyOf: (request: FastifyRequest) => DecodePolicy | undefined;
  /** Whether it is the route of session recordings, which has a share of the budget. */
  readonly isReplayRoute: (request: FastifyRequest) => boolean;
  /** How much of a body all other routes take. */
  readonly wireOf: (request: FastifyRequest) => CollectLimits | undefined;
  readonly defaultWire: CollectLimits;
  /** What a body may take in all, however often some of it comes, milliseconds (`CollectOptions.totalMs`). */
  readonly bodyTotalMs: number;
  /** To be waited for before work on so many bytes; nothing when that is not for long. */
  readonly turnFor?: TurnFor;
  /** Told once a request is decoded, before guards run. */
  readonly onScanned?: (request: FastifyRequest, scanned: ScannedPayload) => void;
}

/**
 * Decoding comes before the guards because the token is inside the compressed body. The parser only collects bytes
 * (it does not run for GET); the hook, which always runs, calls one function, `decode`.
 */
export function decoderPlugin(fastify: FastifyInstance, options: DecoderPluginOptions): void {
  const { budget, replayBudget, countsBodies = true, storeFor, clock, policyOf, isReplayRoute, wireOf, defaultWire, onScanned } = options;
  const { turnFor = () => undefined, bodyTotalMs } = options;

  fastify.decorateRequest('scanned', undefined);
  fastify.decorateRequest('reservation', undefined);
  fastify.decorateRequest('isDecoding', false);
  fastify.decorateRequest('receivedAt', 0);
  fastify.decorateRequest('sentContentType', undefined);
  fastify.removeAllContentTypeParsers();
  fastify.addContentTypeParser('*', { bodyLimit: Number.MAX_SAFE_INTEGER }, (request: FastifyRequest, payload: IncomingMessage) => {
    // The answer does not wait for a body that nobody wants.
    if (request.is404) return NOTHING;
    return collectBody(payload, policyOf(request)?.wire ?? wireOf(request) ?? defaultWire, {
      reservation: countsBodies ? reservationOf(request) : new Reservation(COUNTED_ALREADY),
      turnFor,
      store: storeFor?.(request),
      totalMs: bodyTotalMs,
    });
  });

  fastify.addHook('onRequest', (request, reply, done) => {
    // The response's end and the socket's both end in `close`; `onResponse` misses aborted requests.
    reply.raw.once('close', () => {
      if (!request.isDecoding && isFromSocket(request.raw)) letGo(bodyOf(request));
      reservationOf(request).release();
    });
    if (request.is404) dropRestOf(request.raw, reply.raw);
    request.receivedAt = clock.now();
    if (policyOf(request) !== undefined || wireOf(request) !== undefined) hideContentType(request);
    done();
  });

  fastify.addHook('preValidation', (request, _reply, done) => {
    const policy = policyOf(request);
    if (policy === undefined || request.method === 'OPTIONS') return done();
    try {
      const scanned = decode(sourceOf(request), policy, resourcesOf(request));
      if (scanned instanceof Promise) {
        request.isDecoding = true;
        const isDone = () => void (request.isDecoding = false);
        scanned
          .finally(isDone)
          .then((late) => accept(request, late))
          .then(() => done(), done);
      } else {
        accept(request, scanned);
        done();
      }
    } catch (error) {
      done(error as Error);
    }
  });

  function resourcesOf(request: FastifyRequest) {
    const reservation = reservationOf(request);
    const reserve = (bytes: number) => reservation.grow(bytes);
    const release = (bytes: number) => reservation.shrink(bytes);
    return { reserve, release, reserveInTime: (bytes: number) => reserveInTime(reservation, bytes), turnFor };
  }

  function accept(request: FastifyRequest, scanned: ScannedPayload): void {
    request.scanned = scanned;
    onScanned?.(request, scanned);
  }

  function reservationOf(request: FastifyRequest): Reservation {
    return (request.reservation ??= new Reservation(isReplayRoute(request) ? replayBudget : budget));
  }
}

/** A large body has come all the way: sooner than to have it sent again, wait for others to be done with theirs. */
async function reserveInTime(reservation: Reservation, bytes: number): Promise<CaptureError | undefined> {
  const until = performance.now() + RESERVE_PATIENCE_MS;
  while (reservation.lacks(bytes) && performance.now() < until) await sleep(RESERVE_RETRY_MS);
  return reservation.grow(bytes);
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

function sourceOf(request: FastifyRequest): BodySource {
  return {
    body: bodyOf(request),
    contentType: request.sentContentType,
    contentEncoding: request.headers['content-encoding'],
    query: request.query as Record<string, unknown>,
  };
}
