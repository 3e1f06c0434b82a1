import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { TracingMetrics } from '@app/tracing';
import type { Counter } from 'prom-client';

@Injectable()
export class PrometheusTracingMetrics extends TracingMetrics {
  constructor(
    @InjectMetric('capture_trace_spans_exported_total') private readonly exportedTotal: Counter,
    @InjectMetric('capture_trace_spans_dropped_total') private readonly droppedTotal: Counter<'cause'>,
  ) {
    super();
  }

  exported(spans: number): void {
    this.exportedTotal.inc(spans);
  }

  dropped(cause: 'queue_full' | 'export_failed', spans: number): void {
    this.droppedTotal.inc({ cause }, spans);
  }
}
