import { Controller, Global, Module, type DynamicModule, type Provider } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { Ledger } from '@app/pipeline';
import { QuotaMetrics } from '@app/quota';
import { SpoolMetrics } from '@app/spool';
import { TracingMetrics } from '@app/tracing';
import { CaptureMetrics } from './capture-metrics.js';
import { METRIC_PROVIDERS } from './metric-names.js';
import { MetricsInterceptor } from './metrics.interceptor.js';
import { PrometheusKafkaMetrics } from './prometheus-kafka-metrics.js';
import { PrometheusLedger } from './prometheus-ledger.js';
import { PrometheusQuotaMetrics } from './prometheus-quota-metrics.js';
import { PrometheusSpoolMetrics } from './prometheus-spool-metrics.js';
import { PrometheusTracingMetrics } from './prometheus-tracing-metrics.js';

/** In place of the page where nobody may read it. */
@Controller()
class NoPage {}

// Made once: registering starts the collection of the process's own metrics, for which there is one registry.
const PAGE = PrometheusModule.register({ path: '/metrics' });
const NO_PAGE = PrometheusModule.register({ path: '/metrics', controller: NoPage, defaultMetrics: { enabled: false } });

const PROVIDERS: Provider[] = [
  ...METRIC_PROVIDERS,
  CaptureMetrics,
  MetricsInterceptor,
  PrometheusKafkaMetrics,
  { provide: Ledger, useClass: PrometheusLedger },
  { provide: QuotaMetrics, useClass: PrometheusQuotaMetrics },
  { provide: SpoolMetrics, useClass: PrometheusSpoolMetrics },
  { provide: TracingMetrics, useClass: PrometheusTracingMetrics },
];

/** Global: every room meters. Serves /metrics. */
@Global()
@Module({
  providers: PROVIDERS,
  exports: [
    ...METRIC_PROVIDERS,
    CaptureMetrics,
    MetricsInterceptor,
    PrometheusKafkaMetrics,
    Ledger,
    QuotaMetrics,
    SpoolMetrics,
    TracingMetrics,
  ],
})
export class MetricsModule {
  /** @param isServed whether the public listener has /metrics (EXPORT_PROMETHEUS) */
  static forRoot({ isServed }: { readonly isServed: boolean }): DynamicModule {
    return { module: MetricsModule, imports: [isServed ? PAGE : NO_PAGE] };
  }
}
