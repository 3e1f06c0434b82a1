import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import type { Counter, Histogram } from 'prom-client';

/** What is measured of capture requests, beside the ledger. */
@Injectable()
export class CaptureMetrics {
  constructor(
    @InjectMetric('capture_event_batch_size') private readonly batchSizes: Histogram,
    @InjectMetric('capture_requests_refused_total') private readonly refusedTotal: Counter<'code'>,
  ) {}

  batchSize(events: number): void {
    this.batchSizes.observe(events);
  }

  /** @param code a rejection's code: bounded */
  refused(code: string): void {
    this.refusedTotal.inc({ code });
  }
}
