import { AsyncLocalStorage } from 'node:async_hooks';
import { hostname } from 'node:os';
import { Logger, type OnApplicationShutdown } from '@nestjs/common';
import type { EventSink } from '@app/pipeline';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-proto';
import { defaultResource, resourceFromAttributes } from '@opentelemetry/resources';
import { AlwaysOnSampler, TracerProvider } from '@opentelemetry/sdk-trace';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import { Tracing, type LogFields, type TracingLimits } from '../tracing.js';
import type { TracingConfig } from '../tracing.config.js';
import type { TracingMetrics } from '../tracing-metrics.js';
import type { RequestTrace } from './request-trace.js';
import { Sampling } from './sampling.js';
import { SpanQueue } from './span-queue.js';
import { traceHooks } from './trace-hooks.js';
import { TracedSink } from './traced-sink.js';

/** How long one export may take with its retries, milliseconds. */
const EXPORT_MS = 5000;
/** OTLP over gRPC, which we do not speak, and which the service that this one replaces did. */
const GRPC_PORT = '4317';

export function openTracing(config: TracingConfig, limits: TracingLimits, metrics: TracingMetrics): Tracing {
  const url = tracesUrl(config.endpoint ?? '');
  const logger = new Logger('Tracing');
  logger.log(`tracing ${config.samplingRate * 100} % of capture requests to ${new URL(url).host}`);
  if (new URL(url).port === GRPC_PORT)
    logger.warn(`port ${GRPC_PORT} is that of OTLP over gRPC; spans are sent over HTTP, which collectors take on port 4318`);
  const exporter = new OTLPTraceExporter({ url, headers: pairs(config.headers), timeoutMillis: EXPORT_MS, concurrencyLimit: 8 });
  const provider = new TracerProvider({
    // Whether a request is traced is decided before there is a span.
    sampler: new AlwaysOnSampler(),
    resource: defaultResource().merge(
      resourceFromAttributes({
        ...pairs(config.resourceAttributes),
        'service.name': config.serviceName,
        'service.instance.id': `${hostname()}:${process.pid}`,
      }),
    ),
    spanProcessors: [new SpanQueue(exporter, EXPORT_MS + 1000, metrics)],
  });
  return new OtelTracing(config, limits, provider);
}

/** Registers nothing globally: a process can hold several gateways, as tests do. */
class OtelTracing extends Tracing implements OnApplicationShutdown {
  readonly #traces = new AsyncLocalStorage<RequestTrace | undefined>();

  constructor(
    private readonly config: TracingConfig,
    private readonly limits: TracingLimits,
    private readonly provider: TracerProvider,
  ) {
    super();
  }

  addHooks(fastify: FastifyInstance, isTraced: (request: FastifyRequest) => boolean): void {
    const { samplingRate: rate, trustParent } = this.config;
    const sampling = new Sampling({ rate, trustParent });
    traceHooks(fastify, { tracer: this.provider.getTracer('inlet'), sampling, traces: this.#traces, isTraced });
  }

  wrap(sink: EventSink): EventSink {
    const { messageHeaders } = this.config;
    return new TracedSink(sink, { traces: this.#traces, messageHeaders, messageMaxBytes: this.limits.messageMaxBytes });
  }

  logFields(): LogFields | undefined {
    return this.#traces.getStore()?.logFields;
  }

  /** All requests are answered. Spans are worth a moment, and not the time in which events are stored. */
  async onApplicationShutdown(): Promise<void> {
    const limit = new Promise((done) => setTimeout(done, this.limits.flushLimitMs).unref());
    await Promise.race([this.provider.shutdown().catch(() => {}), limit]);
  }
}

function tracesUrl(endpoint: string): string {
  const base = endpoint.replace(/\/+$/, '');
  return base.endsWith('/v1/traces') ? base : `${base}/v1/traces`;
}

/** `name=value` each, percent-encoded as OpenTelemetry has it. */
function pairs(list: readonly string[]): Record<string, string> {
  return Object.fromEntries(list.map((pair) => [pair.slice(0, pair.indexOf('=')), decoded(pair.slice(pair.indexOf('=') + 1))]));
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.trim());
  } catch {
    return text.trim();
  }
}
