import { Global, Module } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { Ledger } from '@app/pipeline';
import { QuotaMetrics } from '@app/quota';
import { SpoolMetrics } from '@app/spool';
import { CaptureMetrics } from './capture-metrics.js';
import { METRIC_PROVIDERS } from './metric-names.js';
import { MetricsInterceptor } from './metrics.interceptor.js';
import { PrometheusKafkaMetrics } from './prometheus-kafka-metrics.js';
import { PrometheusLedger } from './prometheus-ledger.js';
import { PrometheusQuotaMetrics } from './prometheus-quota-metrics.js';
import { PrometheusSpoolMetrics } from './prometheus-spool-metrics.js';

/** Global: every room meters. Serves /metrics. */
@Global()
@Module({
  imports: [PrometheusModule.register({ path: '/metrics' })],
  providers: [
    ...METRIC_PROVIDERS,
    CaptureMetrics,
    MetricsInterceptor,
    PrometheusKafkaMetrics,
    { provide: Ledger, useClass: PrometheusLedger },
    { provide: QuotaMetrics, useClass: PrometheusQuotaMetrics },
    { provide: SpoolMetrics, useClass: PrometheusSpoolMetrics },
  ],
  exports: [...METRIC_PROVIDERS, CaptureMetrics, MetricsInterceptor, PrometheusKafkaMetrics, Ledger, QuotaMetrics, SpoolMetrics],
})
export class MetricsModule {}
