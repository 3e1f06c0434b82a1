import { Module, type DynamicModule, type Type } from '@nestjs/common';
import { AdminModule } from '@app/admin';
import { CanaryConfig, CanaryModule } from '@app/canary';
import { CaptureModule } from '@app/capture';
import { DecoderConfig } from '@app/decoder';
import { KafkaConfig } from '@app/kafka';
import { MetricsModule } from '@app/metrics';
import { PipelineModule } from '@app/pipeline';
import { QuotaModule } from '@app/quota';
import { IpPolicy, PrivacyModule } from '@app/privacy';
import { RedisModule, type SharedReads } from '@app/redis';
import { ReplayModule } from '@app/replay';
import { ForwardedClient, SdkConfig, SdkConfigModule } from '@app/sdk-config';
import { TokenModule } from '@app/token';
import { TracingConfig, TracingModule } from '@app/tracing';
import { aiEventsOf } from './config/ai-lane.js';
import { ConfigModule } from './config/config.module.js';
import { GatewayConfig, metricsAddress } from './config/gateway.config.js';
import type { Config } from './config/load-config.js';
import { EXTENSIONS } from './extensions.js';
import { HealthModule } from './health/health.module.js';
import { CausesController } from './docs/causes.controller.js';
import { OpenapiController } from './openapi/openapi.controller.js';
import type { ReplayProcess } from './replay-process/replay-process.js';
import { OutputModule, type OutputOverrides } from './output.module.js';
import { UpstreamClient } from './upstream-client.js';

export interface AppOptions extends OutputOverrides {
  /** In place of standard output, for tests of what is logged. */
  readonly logs?: { write(line: string): void };
  /** In place of src/extensions.ts, for tests of the seam. */
  readonly extensions?: readonly Type[];
  /** Recordings are handed over to it. */
  readonly replayProcess?: ReplayProcess;
  /** This is the gateway of that process: what it is asked has been received, and is counted, by another. */
  readonly isReplayProcess?: boolean;
  /** Whether another process reads sources for this one. */
  readonly sharedReads?: SharedReads;
}

/** What the service behind /flags is told of who asks. */
const UPSTREAM_CLIENT = [IpPolicy, { provide: ForwardedClient, useClass: UpstreamClient }];

/** The product on one screen: a request is decoded, its token checked, its events normalised, routed and made durable. */
@Module({})
export class AppModule {
  static forRoot(config: Config, options: AppOptions = {}): DynamicModule {
    const gateway = config.get(GatewayConfig);
    const { captureMode, exportPrometheus, metricsPort, shutdownGraceMs, output, pathPrefix, docsUrl } = gateway;
    const kafka = config.get(KafkaConfig);
    const { replayMessageMaxBytes, messageMaxBytes } = kafka;
    return {
      module: AppModule,
      controllers: [OpenapiController, CausesController], // /openapi.json /openapi.yaml /docs/causes/<cause>
      imports: [
        ConfigModule.forRoot(config),
        MetricsModule.forRoot({ isPublic: exportPrometheus && metricsPort === 'public', address: metricsAddress(gateway) }), // every metric; /metrics
        RedisModule.forRoot(options.sharedReads), // where projects and limits may come from; never in a request's way
        TokenModule.forRoot({ placeholders: output === 'embedded' ? 'refuse' : 'warn' }), // is this a project's key?
        QuotaModule.forRoot({
          config,
          maxInFlightBytes: config.get(DecoderConfig).maxInFlightBytes,
          hasAiOverflow: kafka.aiLane === 'on' && kafka.aiOverflowTopic !== undefined,
        }), // may it send that much, and where to?
        CaptureModule.forRoot({
          servesRoutes: captureMode === 'all' || captureMode === 'events',
          docsUrl: docsUrl || `${pathPrefix}/docs/`,
          aiEvents: aiEventsOf(kafka),
        }), // the SDKs' routes: decode, normalise, answer
        ReplayModule.forRoot({ servesRoute: captureMode !== 'events', messageMaxBytes: replayMessageMaxBytes }), // session recordings: merged, and split to fit
        SdkConfigModule.forRoot({ servesRoutes: config.get(SdkConfig).routes === 'on', client: UPSTREAM_CLIENT }), // what SDKs ask beside capture
        PrivacyModule, //  what remains of a client's address
        PipelineModule, // admit, filter, enrich, route
        OutputModule.forRoot(config, options), // Kafka, or the embedded log
        CanaryModule.forRoot({ isEnabled: config.get(CanaryConfig).isEnabled, pathPrefix }), // does an event that is sent now arrive?
        HealthModule, //   /_liveness /_readiness
        TracingModule.forRoot({ isOn: config.get(TracingConfig).isOn, flushLimitMs: shutdownGraceMs / 25, messageMaxBytes }), // where a request’s time goes, if somebody asks
        AdminModule, //    what the gateway believes, for operators
        ...(options.extensions ?? EXTENSIONS), // what product teams add
      ],
    };
  }
}
