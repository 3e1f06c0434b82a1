import 'reflect-metadata';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import { getToken } from '@willsoto/nestjs-prometheus';
import {
  captureContext,
  CaptureConfig,
  CaptureRoutes,
  clientIp,
  corsPlugin,
  isStrictRoute,
  probesPlugin,
  StrictConfig,
  strictBatchPlugin,
  strictHeadPlugin,
  strictPolicy,
  trustedProxies,
} from '@app/capture';
import { CanaryConfig, CanaryMark, CANARY_PATH, canaryPlugin } from '@app/canary';
import type { Environment } from '@app/config';
import { ByteBudget, DecoderConfig, decoderPlugin, loosePolicies, type DecodePolicy, type ScannedPayload } from '@app/decoder';
import { Clock, SharedLimits } from '@app/event';
import { KafkaConfig } from '@app/kafka';
import { httpMetricsPlugin, MetricsPage } from '@app/metrics';
import { Ledger, turnFor } from '@app/pipeline';
import { sdkLimits } from '@app/sdk-config';
import { Tracing, TracingConfig } from '@app/tracing';
import type { FastifyRequest } from 'fastify';
import type { Gauge } from 'prom-client';
import { AppModule, type AppOptions } from './app.module.js';
import { aiEventsOf } from './config/ai-lane.js';
import { GatewayConfig } from './config/gateway.config.js';
import { loadConfig, type Config } from './config/load-config.js';
import { tellSettings } from './config/tell-settings.js';
import { farewellPlugin } from './health/shutdown-state.js';
import { httpEdge } from './http-edge.js';
import { isForOperators, operatorsPages } from './operators-pages.js';
import { handoverPlugin } from './replay-process/handover.plugin.js';
import { receiveTimePlugin } from './replay-process/receive-time.js';
import { securityHeaders } from './security-headers.js';
import { newLogger, PinoLogger } from './logger.js';

/**
 * Builds the gateway without listening.
 *
 * @throws ConfigError, and the pipeline's named boot errors from `init` or `listen`
 */
export async function createGateway(env: Environment, options: AppOptions = {}): Promise<NestFastifyApplication> {
  const config = loadConfig(env);
  const edge = httpEdge(config);
  const adapter = new FastifyAdapter({
    bodyLimit: Number.MAX_SAFE_INTEGER, // the decoder's parser has the limit, and drains past it
    ...edge.serverOptions,
  });
  const gateway = config.get(GatewayConfig);
  const logger = options.logs === undefined ? newLogger(gateway) : new PinoLogger(gateway.logLevel, options.logs);
  const app = await NestFactory.create<NestFastifyApplication>(AppModule.forRoot(config, options), adapter, {
    bodyParser: false,
    logger,
    abortOnError: false,
  });
  addHooks(app, config, options);
  // The thread has no listener.
  if (options.isReplayProcess !== true) edge.attach(app);
  operatorsPages(app);
  if (config.get(TracingConfig).isOn) {
    const tracing = app.get(Tracing);
    logger.correlate = () => tracing.logFields();
  }
  // Of several processes the first one says it.
  if (options.sharedReads === undefined && options.isReplayProcess !== true) tellSettings(config, logger);
  return app;
}

/** Fastify's part of the path, in the order of its lifecycle. */
function addHooks(app: NestFastifyApplication, config: Config, { replayProcess, isReplayProcess = false }: AppOptions): void {
  const fastify = app.getHttpAdapter().getInstance();
  const { maxInFlightBytes, replayInFlightPercent } = config.get(DecoderConfig);
  const limits = app.get(SharedLimits);
  const budget = new ByteBudget(maxInFlightBytes, 'MAX_IN_FLIGHT_BYTES', undefined, limits.of('inFlight'));
  const replayBytes = Math.floor((maxInFlightBytes * replayInFlightPercent) / 100);
  const replayShare = 'REPLAY_IN_FLIGHT_PERCENT of MAX_IN_FLIGHT_BYTES';
  const replayBudget = new ByteBudget(replayBytes, replayShare, budget, limits.of('replayInFlight'));
  const routes = app.get(CaptureRoutes);
  const ledger = app.get(Ledger);
  const inFlight = app.get<Gauge>(getToken('capture_in_flight_bytes'));
  app.get<Gauge>(getToken('capture_in_flight_bytes_limit')).set(maxInFlightBytes);
  Object.assign(inFlight, { collect: () => inFlight.set(budget.inFlight) });

  const decoder = config.get(DecoderConfig);
  const proxies = trustedProxies(config.get(CaptureConfig).trustedProxies);
  const kafka = config.get(KafkaConfig);
  const aiEvents = aiEventsOf(kafka);
  const policies = loosePolicies(decoder, {
    maxBytes: kafka.messageMaxBytes,
    variable: 'KAFKA_PRODUCER_MESSAGE_MAX_BYTES',
    ...(aiEvents && {
      ai: { maxBytes: kafka.aiMessageMaxBytes, variable: 'KAFKA_AI_MESSAGE_MAX_BYTES', has: (name: string) => aiEvents.has(name) },
    }),
  });
  const strict = strictPolicy(config.get(StrictConfig), policies);
  const policyOf = (request: FastifyRequest): DecodePolicy | undefined => {
    if (isStrictRoute(request)) return strict;
    if (!routes.has(request.routeOptions.url)) return undefined;
    return isReplayRoute(request) ? policies.recordings : policies.events;
  };
  const onScanned = (request: FastifyRequest, payload: ScannedPayload) => {
    request.receivedEvents = request.routeOptions.url === CANARY_PATH ? 0 : payload.events.length;
    ledger.received(request.receivedEvents);
    const ip = clientIp(request.headers, request.raw.socket?.remoteAddress, proxies);
    request.captureContext = captureContext(request, payload, request.receivedAt, ip);
  };

  const isReplayRoute = (request: FastifyRequest) => request.routeOptions.url === '/s';

  securityHeaders(fastify);
  corsPlugin(fastify, isForOperators);
  probesPlugin(fastify, (request) => routes.has(request.routeOptions.url));
  farewellPlugin(app);
  if (config.get(CanaryConfig).isEnabled) canaryPlugin(fastify, app.get(CanaryMark));
  if (replayProcess !== undefined) {
    handoverPlugin(fastify);
    app.get(MetricsPage).renderBy(() => replayProcess.metricsText());
  }
  fastify.decorateRequest('captureContext', undefined);
  fastify.decorateRequest('receivedEvents', 0);
  fastify.decorateRequest('token', '');
  fastify.decorateRequest('project', undefined);
  fastify.decorateRequest('writeRefusal', undefined);
  if (config.get(TracingConfig).isOn)
    // Before the decoder's hooks, which it times.
    app.get(Tracing).addHooks(fastify, (request) => {
      // Traced where the work is done.
      if (isReplayRoute(request) && replayProcess?.serves === true) return false;
      return policyOf(request) !== undefined;
    });
  strictHeadPlugin(fastify);
  decoderPlugin(fastify, {
    budget,
    replayBudget,
    countsBodies: !isReplayProcess,
    storeFor: (request) => (isReplayRoute(request) ? replayProcess?.body() : undefined),
    clock: app.get(Clock),
    policyOf,
    isReplayRoute,
    wireOf: sdkLimits(decoder),
    defaultWire: policies.events.wire,
    bodyTotalMs: decoder.bodyTotalTimeoutMs,
    turnFor,
    onScanned,
  });
  strictBatchPlugin(fastify);
  if (isReplayProcess) receiveTimePlugin(fastify);
  else httpMetricsPlugin(fastify, app.get(getToken('http_requests_total')), app.get(getToken('http_requests_duration_seconds')));
}
