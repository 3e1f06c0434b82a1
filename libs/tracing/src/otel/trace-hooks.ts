import type { AsyncLocalStorage } from 'node:async_hooks';
import type { Tracer } from '@opentelemetry/api';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { failureOf, requestAttributes } from './request-attributes.js';
import { RequestTrace } from './request-trace.js';
import { NO_PARENT, type Sampling } from './sampling.js';

declare module 'fastify' {
  interface FastifyRequest {
    /** Only with tracing on, and only of a sampled request. */
    trace: RequestTrace | undefined;
  }
}

export interface TraceHooksOptions {
  readonly tracer: Tracer;
  readonly sampling: Sampling;
  readonly traces: AsyncLocalStorage<RequestTrace | undefined>;
  readonly isTraced: (request: FastifyRequest) => boolean;
}

/** Fastify's lifecycle as stages of a trace. */
export function traceHooks(fastify: FastifyInstance, { tracer, sampling, traces, isTraced }: TraceHooksOptions): void {
  fastify.decorateRequest('trace', undefined);

  fastify.addHook('onRequest', (request, reply, done) => {
    if (request.method === 'OPTIONS' || !isTraced(request)) return done();
    const parent = sampling.decide(request.headers.traceparent);
    if (parent === undefined) return done();
    const name = `${request.method} ${request.routeOptions.url}`;
    const trace = new RequestTrace(tracer, name, parent === NO_PARENT ? undefined : parent);
    request.trace = trace;
    trace.enter('receive');
    // Also when the client has gone, which `onResponse` does not tell.
    reply.raw.once('close', () => end(trace, request, reply));
    traces.run(trace, done);
  });

  fastify.addHook('preValidation', (request, _reply, done) => {
    request.trace?.enter('decode');
    done();
  });

  fastify.addHook('preHandler', (request, _reply, done) => {
    request.trace?.enter('pipeline');
    done();
  });
}

function end(trace: RequestTrace, request: FastifyRequest, reply: FastifyReply): void {
  trace.end(requestAttributes(request, reply, trace), failureOf(request, reply));
}
