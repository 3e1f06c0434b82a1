import { Controller, Global, Module, type DynamicModule, type Provider } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { Ledger } from '@app/pipeline';
import { QuotaMetrics } from '@app/quota';
import { SpoolMetrics } from '@app/spool';
import { TracingMetrics } from '@app/tracing';
import { CaptureMetrics } from './capture-metrics.js';
import { METRIC_PROVIDERS } from './metric-names.js';
import { METRICS_ADDRESS, MetricsListener, type MetricsAddress } from './metrics-listener.js';
import { MetricsPage } from './metrics-page.js';
import { MetricsController } from './metrics.controller.js';
import { MetricsInterceptor } from './metrics.interceptor.js';
import { PrometheusKafkaMetrics } from './prometheus-kafka-metrics.js';
import { PrometheusLedger } from './prometheus-ledger.js';
import { PrometheusQuotaMetrics } from './prometheus-quota-metrics.js';
import { PrometheusSpoolMetrics } from './prometheus-spool-metrics.js';
import { PrometheusTracingMetrics } from './prometheus-tracing-metrics.js';

/** The library's own page renders for each who asks. */
@Controller()
class NoPage {}

// Made once: registering starts the collection of the process's own metrics, for which there is one registry.
const DEFAULT_METRICS = PrometheusModule.register({ path: '/metrics', controller: NoPage });

const PROVIDERS: Provider[] = [
  ...METRIC_PROVIDERS,
  CaptureMetrics,
  MetricsInterceptor,
  MetricsPage,
  PrometheusKafkaMetrics,
  { provide: Ledger, useClass: PrometheusLedger },
  { provide: QuotaMetrics, useClass: PrometheusQuotaMetrics },
  { provide: SpoolMetrics, useClass: PrometheusSpoolMetrics },
  { provide: TracingMetrics, useClass: PrometheusTracingMetrics },
];

/** Global: every room meters. Serves /metrics, on the public listener or one of its own. */
@Global()
@Module({
  providers: PROVIDERS,
  exports: [
    ...METRIC_PROVIDERS,
    CaptureMetrics,
    MetricsInterceptor,
    MetricsPage,
    PrometheusKafkaMetrics,
    Ledger,
    QuotaMetrics,
    SpoolMetrics,
    TracingMetrics,
  ],
})
export class MetricsModule {
  /**
   * @param isPublic whether the public listener has /metrics
   * @param address where a listener of its own has it
   */
  static forRoot({ isPublic, address }: { readonly isPublic: boolean; readonly address: MetricsAddress | undefined }): DynamicModule {
    return {
      module: MetricsModule,
      imports: [DEFAULT_METRICS],
      controllers: isPublic ? [MetricsController] : [],
      providers: [MetricsListener, { provide: METRICS_ADDRESS, useValue: address }],
      exports: [MetricsListener],
    };
  }
}
