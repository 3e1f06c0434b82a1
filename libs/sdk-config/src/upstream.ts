import { Readable } from 'node:stream';
import { Injectable, Logger, type OnApplicationShutdown, type OnModuleInit } from '@nestjs/common';
import { keep } from '@app/decoder';
import { RepeatedLine } from '@app/event';
import type { FastifyReply, FastifyRequest } from 'fastify';
import type { Dispatcher, Pool } from 'undici';
import { ForwardedClient } from './forwarded-client.js';
import { forwardedHeaders, returnedHeaders } from './passed-headers.js';
import { SdkConfig } from './sdk.config.js';
import { upstreamPath } from './upstream-path.js';

/** However slow the upstream is, it must not pile up what capture needs. */
const MAX_IN_FLIGHT = 256;
/** A script of some hundred KB over a slow line, not a stalled one. */
const WHOLE_ANSWER_MS = 60_000;
const STALLED_MS = 10_000;
/** Scripts are below one, their source maps some; nothing of an answer is kept but what is on its way to the client. */
const MAX_ANSWER_BYTES = 16 * 1024 * 1024;
const FAILURES_EVERY_MS = 60_000;

type Answer = Dispatcher.ResponseData;

/** Why an answer is none. */
class NoAnswerError extends Error {
  override readonly name = 'NoAnswerError';
}

/** The service behind this one that answers what SDKs ask beside capture. */
@Injectable()
export class Upstream implements OnModuleInit, OnApplicationShutdown {
  private base: URL | undefined;
  private pool: Pool | undefined;
  private readonly logger = new Logger('Upstream');
  private readonly failures = new RepeatedLine(FAILURES_EVERY_MS);
  private inFlight = 0;

  constructor(
    private readonly config: SdkConfig,
    private readonly client: ForwardedClient,
  ) {}

  /** The client is loaded only where there is somebody to ask. */
  async onModuleInit(): Promise<void> {
    const { upstreamUrl, upstreamTimeoutMs } = this.config;
    if (upstreamUrl === '') return;
    const undici = await import('undici');
    this.base = new URL(upstreamUrl);
    this.pool = new undici.Pool(this.base.origin, {
      connections: MAX_IN_FLIGHT,
      connect: { timeout: upstreamTimeoutMs },
      headersTimeout: upstreamTimeoutMs,
      bodyTimeout: STALLED_MS,
      maxResponseSize: MAX_ANSWER_BYTES,
      allowH2: false,
    });
  }

  async onApplicationShutdown(): Promise<void> {
    await this.pool?.destroy();
  }

  /**
   * Passes a request on and streams the answer back, whatever its status; a redirect is none. Nothing is followed, and
   * nothing asked twice.
   *
   * @param token the project's, where the route names one
   * @returns false when there is no upstream, or it gave no answer: nothing was sent then
   * @throws CaptureError `not_found` when the request's target is none to pass on
   */
  async answer(request: FastifyRequest, reply: FastifyReply, token?: string): Promise<boolean> {
    if (this.base === undefined || this.pool === undefined) return false;
    const path = upstreamPath(this.base, request.url);
    if (this.inFlight >= MAX_IN_FLIGHT) return this.failed(`${MAX_IN_FLIGHT} requests are under way`);
    const gone = new AbortController();
    const abort = () => gone.abort();
    const begin = setTimeout(abort, this.config.upstreamTimeoutMs);
    const whole = setTimeout(abort, WHOLE_ANSWER_MS);
    this.inFlight++;
    // It may still be on its way to the upstream when the answer has gone out, and is not ours to free then.
    if (Buffer.isBuffer(request.body)) keep(request.body);
    // Who says no more here has hung up: nothing is stored that would have to be acknowledged.
    const { socket } = request.raw;
    const hangUp = () => socket.destroy();
    socket.once('end', hangUp);
    reply.raw.once('close', abort);
    if (reply.raw.destroyed) abort();
    try {
      const answer = await this.pool.request({
        path,
        method: request.method === 'POST' ? 'POST' : 'GET',
        headers: { ...forwardedHeaders(headersOf(request)), ...this.client.headersOf(request, token) },
        body: Buffer.isBuffer(request.body) && request.body.length > 0 ? request.body : null,
        signal: gone.signal,
      });
      const body = await begun(answer);
      clearTimeout(begin);
      const returned = returnedHeaders(answer.headers);
      // What says how long a body is that is not there would have the client wait for it; of 304 it says what there would be.
      if (body === undefined && answer.statusCode !== 304) delete returned['content-length'];
      await reply.status(answer.statusCode).headers(returned).send(body);
      return true;
    } catch (error) {
      return reply.raw.headersSent || reply.raw.destroyed || this.failed(reasonOf(error, gone.signal));
    } finally {
      clearTimeout(begin);
      clearTimeout(whole);
      socket.off('end', hangUp);
      reply.raw.off('close', abort);
      this.inFlight--;
    }
  }

  private failed(reason: string): false {
    const count = this.failures.add();
    if (count > 0) this.logger.warn(`UPSTREAM_URL did not answer (${reason}); answered ourselves: ${count} since the last such line`);
    return false;
  }
}

/** The decoder hides the content type from Fastify. */
function headersOf({ headers, sentContentType }: FastifyRequest) {
  return { ...headers, 'content-type': sentContentType };
}

/**
 * Waits for the first bytes: what breaks before them can still be answered in another way.
 *
 * @throws NoAnswerError for a redirect, and for what is announced as too long
 */
async function begun(answer: Answer): Promise<Readable | undefined> {
  const { statusCode, headers, body } = answer;
  const isRedirect = statusCode >= 300 && statusCode < 400 && statusCode !== 304;
  const isTooLong = Number(headers['content-length'] ?? 0) > MAX_ANSWER_BYTES;
  if (isRedirect || isTooLong) {
    body.on('error', () => undefined).destroy();
    throw new NoAnswerError(isRedirect ? `redirect (${statusCode})` : `answer over ${MAX_ANSWER_BYTES} bytes`);
  }
  const chunks = body[Symbol.asyncIterator]() as AsyncIterator<Buffer>;
  const first = await chunks.next();
  return first.done === true ? undefined : Readable.from(chunksOf(first.value, chunks), { objectMode: false });
}

async function* chunksOf(first: Buffer, rest: AsyncIterator<Buffer>): AsyncGenerator<Buffer, void> {
  try {
    yield first;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    // Nobody reads on: the connection to the upstream is let go.
    await rest.return?.();
  }
}

/** A code or a class: a message may quote addresses. */
function reasonOf(error: unknown, { aborted }: AbortSignal): string {
  if (error instanceof NoAnswerError) return error.message;
  if (aborted) return 'too slow';
  return (error as NodeJS.ErrnoException).code ?? (error instanceof Error ? error.name : 'failed');
}
