import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { Ledger } from '@app/pipeline';
import type { Counter } from 'prom-client';

@Injectable()
export class PrometheusLedger extends Ledger {
  constructor(
    @InjectMetric('capture_events_received_total') private readonly receivedTotal: Counter,
    @InjectMetric('capture_events_ingested_total') private readonly ingestedTotal: Counter,
    @InjectMetric('capture_events_spooled_total') private readonly spooledTotal: Counter,
    @InjectMetric('capture_events_dropped_total') private readonly droppedTotal: Counter<'cause'>,
    @InjectMetric('capture_events_rejected_total') private readonly rejectedTotal: Counter<'cause'>,
    @InjectMetric('capture_events_adjusted_total') private readonly adjustedTotal: Counter<'cause'>,
    @InjectMetric('capture_processor_failures_total') private readonly failuresTotal: Counter<'processor'>,
  ) {
    super();
  }

  received(count: number): void {
    this.receivedTotal.inc(count);
  }

  ingested(count: number): void {
    this.ingestedTotal.inc(count);
  }

  spooled(count: number): void {
    this.spooledTotal.inc(count);
  }

  dropped(cause: string, count: number): void {
    this.droppedTotal.inc({ cause }, count);
  }

  rejected(cause: string, count: number): void {
    this.rejectedTotal.inc({ cause }, count);
  }

  adjusted(cause: string, count: number): void {
    this.adjustedTotal.inc({ cause }, count);
  }

  processorFailed(processor: string): void {
    this.failuresTotal.inc({ processor });
  }
}
