import { Module, type DynamicModule } from '@nestjs/common';
import { SINK_WRAPPER, type SinkWrapper } from '@app/pipeline';
import { Tracing, type TracingLimits } from './tracing.js';
import { TracingConfig } from './tracing.config.js';
import { TracingMetrics } from './tracing-metrics.js';

export interface TracingOptions extends TracingLimits {
  readonly isOn: boolean;
}

/** Nothing when it is off: OpenTelemetry is not even loaded. Needs `TracingConfig` and `TracingMetrics` from global modules. */
@Module({})
export class TracingModule {
  static forRoot({ isOn, ...limits }: TracingOptions): DynamicModule {
    if (!isOn) return { module: TracingModule };
    const open = async (config: TracingConfig, metrics: TracingMetrics): Promise<Tracing> => {
      const { openTracing } = await import('./otel/open-tracing.js');
      return openTracing(config, limits, metrics);
    };
    const wrapper = (tracing: Tracing): SinkWrapper => tracing.wrap.bind(tracing);
    return {
      module: TracingModule,
      global: true,
      providers: [
        { provide: Tracing, inject: [TracingConfig, TracingMetrics], useFactory: open },
        { provide: SINK_WRAPPER, inject: [Tracing], useFactory: wrapper },
      ],
      exports: [Tracing, SINK_WRAPPER],
    };
  }
}
