import { Catch, HttpException, Logger, type ArgumentsHost, type ExceptionFilter } from '@nestjs/common';
import { REFUSALS, type Refusal } from '@app/causes';
import { CaptureError, type RejectionCode } from '@app/event';
import { CaptureMetrics } from '@app/metrics';
import { Ledger } from '@app/pipeline';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { allowedMethods } from './allowed-methods.js';
import { CauseLinks } from './cause-links.js';
import { CaptureRoutes } from './capture-routes.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** How many of its events the ledger was told of; none before it is decoded, and none of the gateway's own. */
    receivedEvents: number;
    /** Writes the refusals of routes that do not write them as text: may set status and headers, returns the body. */
    writeRefusal: ((error: CaptureError, status: number, reply: FastifyReply, link: string) => string) | undefined;
    /** Only of refused requests. */
    refusedAs?: RejectionCode;
  }
}

/** Answers every throw, wherever it came from: hooks, guards, pipes, handlers, Fastify itself. */
@Catch()
export class CaptureErrorFilter implements ExceptionFilter {
  private readonly logger = new Logger(CaptureErrorFilter.name);

  constructor(
    private readonly ledger: Ledger,
    private readonly metrics: CaptureMetrics,
    private readonly links: CauseLinks,
    private readonly routes: CaptureRoutes,
  ) {}

  catch(thrown: unknown, host: ArgumentsHost): void {
    const http = host.switchToHttp();
    const request = http.getRequest<FastifyRequest>();
    const reply = http.getResponse<FastifyReply>();
    if (isAnswered(thrown)) return void reply.status(thrown.getStatus()).send(thrown.getResponse());

    const error = toCaptureError(thrown, request, reply, this.routes);
    if (error.code === 'internal') this.logger.error(describe(thrown));
    const { status, label = error.code }: Refusal = REFUSALS[error.code];
    if (request.receivedEvents > 0) this.ledger.rejected(label, request.receivedEvents);
    this.metrics.refused(error.code);
    request.refusedAs = error.code;
    reply.status(status).header('content-type', 'text/plain; charset=utf-8');
    if (error.code === 'transient') reply.header('retry-after', retryAfter());
    keepOrClose(request, reply);
    const link = this.links.of(error.why);
    reply.send(request.writeRefusal?.(error, status, reply, link) ?? `${sentence(error.message)} See ${link}`);
  }
}

/** Nest's own answers that are not ours to reword: a failing health check's 503 carries its detail. */
function isAnswered(thrown: unknown): thrown is HttpException {
  return thrown instanceof HttpException && thrown.getStatus() === 503;
}

function toCaptureError(thrown: unknown, request: FastifyRequest, reply: FastifyReply, routes: CaptureRoutes): CaptureError {
  if (thrown instanceof CaptureError) return thrown;
  const status = thrown instanceof HttpException ? thrown.getStatus() : (thrown as { statusCode?: number } | null)?.statusCode;
  if (status === 404) return notFound(request, reply, routes);
  if (status === 405) return new CaptureError('method_not_allowed');
  if (status === 413) return new CaptureError('payload_too_big');
  // What Fastify refuses before anything of ours runs: a broken header, a bad url.
  if (status !== undefined && status >= 400 && status < 500) return new CaptureError('undecodable', 'malformed request');
  return new CaptureError('internal');
}

/** A route that exists with other methods is no unknown one. */
function notFound(request: FastifyRequest, reply: FastifyReply, routes: CaptureRoutes): CaptureError {
  const methods = request.is404 ? allowedMethods(request) : [];
  if (methods.length === 0) return new CaptureError('not_found', didYouMean(routes.nearest(request.url.split('?', 1)[0])));
  reply.header('allow', methods.join(', '));
  return new CaptureError('method_not_allowed', `this route takes ${methods.join(', ')}`);
}

function sentence(text: string): string {
  return text.endsWith('?') ? text : `${text}.`;
}

/** Of the routes alone: never what was asked, which a client wrote. */
function didYouMean(route: string | undefined): string {
  return route === undefined ? 'configure only scheme and host in the SDK' : `did you mean ${route}?`;
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
