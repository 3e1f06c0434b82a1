import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { CaptureError, type RejectionCode } from '@app/event';
import { CaptureMetrics } from '@app/metrics';
import { Ledger } from '@app/pipeline';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { allowedMethods } from './allowed-methods.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** How many of its events the ledger was told of; none before it is decoded, and none of the gateway's own. */
    receivedEvents: number;
    /** Writes the refusals of routes that do not write them as text: may set status and headers, returns the body. */
    writeRefusal: ((error: CaptureError, status: number, reply: FastifyReply) => string) | undefined;
    /** Only of refused requests. */
    refusedAs?: RejectionCode;
  }
}

/** The only place that knows statuses. 4xx never succeeds later, 503 does: SDKs drop on the one, resend on the other. */
const STATUS: Readonly<Record<RejectionCode, number>> = {
  undecodable: 400,
  unparsable: 400,
  unhydratable: 400,
  empty_payload: 400,
  empty_batch: 400,
  body_read: 400,
  body_stalled: 408,
  missing_event_name: 400,
  missing_distinct_id: 400,
  invalid_cookieless_mode: 400,
  missing_snapshot_data: 400,
  missing_session_id: 400,
  invalid_session_id: 400,
  invalid_event: 400,
  event_too_big: 413,
  payload_too_big: 413,
  missing_token: 401,
  mixed_tokens: 401,
  invalid_token: 401,
  unknown_token: 401,
  over_quota: 402,
  forbidden_origin: 403,
  not_found: 404,
  method_not_allowed: 405,
  transient: 503,
  internal: 500,
};
/** Labels that existing dashboards and alerts know. */
const CAUSE: Partial<Record<RejectionCode, string>> = {
  missing_token: 'token_shape_invalid',
  mixed_tokens: 'token_shape_invalid',
  invalid_token: 'token_shape_invalid',
  event_too_big: 'event_too_big',
  transient: 'kafka_write_error',
};

/** Answers every throw, wherever it came from: hooks, guards, pipes, handlers, Fastify itself. */
@Catch()
export class CaptureErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger(CaptureErrorFilter.name);

  constructor(
    private readonly ledger: Ledger,
    private readonly metrics: CaptureMetrics,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (isAnswered(thrown)) return void reply.status(thrown.getStatus()).send(thrown.getResponse());

    const error = toCaptureError(thrown, request, reply);
    if (error.code === 'internal') this.logger.error(describe(thrown));
    if (request.receivedEvents > 0) this.ledger.rejected(CAUSE[error.code] ?? error.code, request.receivedEvents);
    this.metrics.refused(error.code);
    request.refusedAs = error.code;
    reply.status(STATUS[error.code]).header('content-type', 'text/plain; charset=utf-8');
    if (error.code === 'transient') reply.header('retry-after', retryAfter());
    keepOrClose(request, reply);
    reply.send(request.writeRefusal?.(error, STATUS[error.code], reply) ?? error.message);
  }
}

/** Nest's own answers that are not ours to reword: a failing health check's 503 carries its detail. */
function isAnswered(thrown: unknown): thrown is HttpException {
  return thrown instanceof HttpException && thrown.getStatus() === 503;
}

function toCaptureError(thrown: unknown, request: FastifyRequest, reply: FastifyReply): CaptureError {
  if (thrown instanceof CaptureError) return thrown;
  const status = thrown instanceof HttpException ? thrown.getStatus() : (thrown as { statusCode?: number } | null)?.statusCode;
  if (status === 404) return notFound(request, reply);
  if (status === 405) return new CaptureError('method_not_allowed');
  if (status === 413) return new CaptureError('payload_too_big');
  // What Fastify refuses before anything of ours runs: a broken header, a bad url.
  if (status !== undefined && status >= 400 && status < 500) return new CaptureError('undecodable', 'malformed request');
  return new CaptureError('internal');
}

/** A route that exists with other methods is no unknown one. */
function notFound(request: FastifyRequest, reply: FastifyReply): CaptureError {
  const methods = request.is404 ? allowedMethods(request) : [];
  if (methods.length === 0) return new CaptureError('not_found');
  reply.header('allow', methods.join(', '));
  return new CaptureError('method_not_allowed', `this route takes ${methods.join(', ')}`);
}

/** Never the message: it may quote what a client sent. */
function describe(thrown: unknown): string {
  if (!(thrown instanceof Error)) return `threw ${typeof thrown}`;
  const frames = (thrown.stack ?? '').split('\n').filter((line) => line.trimStart().startsWith('at '));
  return [`${thrown.name} while answering a request`, ...frames.slice(0, 8)].join('\n');
}

/** Jittered, so that the clients of a recovered cluster don't come back in one second. */
function retryAfter(): number {
  return 5 + Math.floor(Math.random() * 26);
}

/**
 * Fastify closes after any refused body; one that was read to its end leaves a connection that can be used again. What comes for a
 * route that is not there is still read for a moment after the answer (`dropRestOf`).
 */
function keepOrClose(request: FastifyRequest, reply: FastifyReply): void {
  if (request.raw.complete || request.is404) reply.removeHeader('connection');
  else reply.header('connection', 'close');
}
