import { Global, Module } from '@nestjs/common';
import { PrometheusModule } from '@willsoto/nestjs-prometheus';
import { Ledger } from '@app/pipeline';
import { CaptureMetrics } from './capture-metrics.js';
import { METRIC_PROVIDERS } from './metric-names.js';
import { MetricsInterceptor } from './metrics.interceptor.js';
import { PrometheusLedger } from './prometheus-ledger.js';

/** Global: every room meters. Serves /metrics. */
@Global()
@Module({
  imports: [PrometheusModule.register({ path: '/metrics' })],
  providers: [...METRIC_PROVIDERS, CaptureMetrics, MetricsInterceptor, { provide: Ledger, useClass: PrometheusLedger }],
  exports: [...METRIC_PROVIDERS, CaptureMetrics, MetricsInterceptor, Ledger],
})
export class MetricsModule {}
