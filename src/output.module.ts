import { Module, type DynamicModule } from '@nestjs/common';
import { Clock, SystemClock } from '@app/event';
import { KafkaModule } from '@app/kafka';
import { PrometheusKafkaMetrics } from '@app/metrics';
import { EventSink } from '@app/pipeline';
import { EmbeddedLogModule } from '@app/spool';
import type { Config } from './config/load-config.js';
import { GatewayConfig } from './config/gateway.config.js';

export interface OutputOverrides {
  /** In place of the configured output, for tests in process. */
  readonly sink?: EventSink;
  readonly clock?: Clock;
}

/** Where events leave: one of the outputs, and the clock they go by. */
@Module({})
export class OutputModule {
  static forRoot(config: Config, { sink, clock = new SystemClock() }: OutputOverrides): DynamicModule {
    const { output } = config.get(GatewayConfig);
    return {
      module: OutputModule,
      global: true,
      imports: sink ? [] : [output === 'kafka' ? KafkaModule.forRoot({ metrics: PrometheusKafkaMetrics }) : EmbeddedLogModule],
      providers: [{ provide: Clock, useValue: clock }, ...(sink ? [{ provide: EventSink, useValue: sink }] : [])],
      exports: [Clock],
    };
  }
}
