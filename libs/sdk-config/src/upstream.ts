import { Readable } from 'node:stream';
import { Injectable } from '@nestjs/common';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { forwardedHeaders, returnedHeaders } from './passed-headers.js';
import { SdkConfig } from './sdk.config.js';

/** However slow the upstream is, it must not pile up what capture needs. */
const MAX_IN_FLIGHT = 256;
/** A script of some hundred KB over a slow line, not a stalled one. */
const WHOLE_ANSWER_MS = 60_000;

/** The service behind this one that answers what SDKs ask beside capture. */
@Injectable()
export class Upstream {
  private inFlight = 0;

  constructor(private readonly config: SdkConfig) {}

  /**
   * Passes a request on and streams the answer back, whatever its status.
   *
   * @returns false when there is no upstream, or it is not to be reached: nothing was sent then
   */
  async answer(request: FastifyRequest, reply: FastifyReply): Promise<boolean> {
    const { upstreamUrl, upstreamTimeoutMs } = this.config;
    if (upstreamUrl === '' || this.inFlight >= MAX_IN_FLIGHT) return false;
    const gone = new AbortController();
    const abort = () => gone.abort();
    const timer = setTimeout(abort, upstreamTimeoutMs);
    this.inFlight++;
    // Also when the client hangs up, or everything is over.
    reply.raw.once('close', () => {
      this.inFlight--;
      abort();
    });
    try {
      const answer = await fetch(targetUrl(upstreamUrl, request.url), {
        method: request.method,
        headers: forwardedHeaders(request),
        redirect: 'manual',
        signal: AbortSignal.any([gone.signal, AbortSignal.timeout(WHOLE_ANSWER_MS)]),
        ...(Buffer.isBuffer(request.body) && request.body.length > 0 && { body: new Uint8Array(request.body) }),
      });
      clearTimeout(timer);
      reply.status(answer.status).headers(returnedHeaders(answer.headers));
      await reply.send(answer.body === null ? undefined : Readable.fromWeb(answer.body));
      return true;
    } catch {
      clearTimeout(timer);
      return reply.sent;
    }
  }
}

/** The upstream may live under a path of its own. */
function targetUrl(upstream: string, url: string): string {
  return upstream.replace(/\/+$/, '') + url;
}
