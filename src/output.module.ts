import { Module, type DynamicModule } from '@nestjs/common';
import { Clock, SharedLimits, SystemClock } from '@app/event';
import { CanaryOutput } from '@app/canary';
import { Batcher, KafkaHealth, KafkaModule, KafkaSink, type ConfiguredTopic } from '@app/kafka';
import { PrometheusKafkaMetrics } from '@app/metrics';
import { EventSink } from '@app/pipeline';
import { DISK, EmbeddedLogModule, EmbeddedLogSink, EmbeddedLogStatus, OutageSpool, OutageSpoolModule, type Disk } from '@app/spool';
import type { Config } from './config/load-config.js';
import { canaryTopics } from './config/canary-topics.js';
import { GatewayConfig } from './config/gateway.config.js';
import { kafkaTroubles } from './health/kafka-troubles.js';
import { NO_OUTPUT_HEALTH, OutputHealth } from './health/output-health.js';

export interface OutputOverrides {
  /** In place of the configured output, for tests in process. */
  readonly sink?: EventSink;
  readonly clock?: Clock;
  /** In place of the file system, for tests of what the log and the spool do when it fails. */
  readonly disk?: Disk;
  /** What another process holds of the limits; by default there is none. */
  readonly limits?: SharedLimits;
}

/** Where events leave: one of the outputs, its health, the clock they go by, and what is held of limits. */
@Module({})
export class OutputModule {
  static forRoot(config: Config, { sink, disk, clock = new SystemClock(), limits = new SharedLimits() }: OutputOverrides): DynamicModule {
    const { imports, providers } = sink
      ? given(sink)
      : config.get(GatewayConfig).output === 'kafka'
        ? kafka(config.get(GatewayConfig), canaryTopics(config))
        : embedded();
    const givenDisk = disk ? [{ provide: DISK, useValue: disk }] : [];
    return {
      module: OutputModule,
      global: true,
      imports,
      providers: [{ provide: Clock, useValue: clock }, { provide: SharedLimits, useValue: limits }, ...givenDisk, ...providers],
      exports: [Clock, SharedLimits, OutputHealth, CanaryOutput, ...givenDisk.map(({ provide }) => provide)],
    };
  }
}

type Parts = Required<Pick<DynamicModule, 'imports' | 'providers'>>;

function kafka({ shutdownGraceMs }: GatewayConfig, topics: readonly ConfiguredTopic[]): Parts {
  const healthOf = (health: KafkaHealth, batcher: Batcher, spool: OutageSpool): OutputHealth => ({
    detail: () => ({
      kafka: { ...health.report(), openCircuits: batcher.circuits().filter(({ isOpen }) => isOpen) },
      spool: spool.detail(),
    }),
    isBroken: () => false,
    troubles: () => kafkaTroubles(health.report(), batcher.circuits(), spool.detail()),
    unsettled: () => [
      ...(health.report().lastContactAgoMs === undefined ? ['brokers'] : []),
      ...(spool.detail().counting ? ['spool'] : []),
    ],
  });
  const store = { store: OutageSpool, imports: [OutageSpoolModule], flushLimitMs: shutdownGraceMs / 4 };
  return {
    imports: [KafkaModule.forRoot({ metrics: PrometheusKafkaMetrics, topics, ...store }), OutageSpoolModule],
    providers: [
      { provide: OutputHealth, inject: [KafkaHealth, Batcher, OutageSpool], useFactory: healthOf },
      { provide: CanaryOutput, inject: [KafkaSink, OutageSpool], useFactory: canaryOutput },
    ],
  };
}

function embedded(): Parts {
  const healthOf = (log: EmbeddedLogStatus): OutputHealth => ({
    detail: () => ({ log: log.detail() }),
    isBroken: () => log.detail().lastError !== undefined,
    // Off would be no help: no pod has more room for it.
    troubles: () => (log.detail().isFull ? ['the embedded log is full: events are refused'] : []),
    unsettled: () => [],
  });
  return {
    imports: [EmbeddedLogModule],
    providers: [
      { provide: OutputHealth, inject: [EmbeddedLogStatus], useFactory: healthOf },
      { provide: CanaryOutput, inject: [EmbeddedLogSink], useFactory: (log: EventSink) => canaryOutput(log) },
    ],
  };
}

function given(sink: EventSink): Parts {
  return {
    imports: [],
    providers: [
      { provide: EventSink, useValue: sink },
      { provide: OutputHealth, useValue: NO_OUTPUT_HEALTH },
      { provide: CanaryOutput, useValue: canaryOutput(sink) },
    ],
  };
}

function canaryOutput(sink: EventSink, spool?: OutageSpool): CanaryOutput {
  return { sink, onDrained: (listener) => spool?.onDrained(listener) };
}
