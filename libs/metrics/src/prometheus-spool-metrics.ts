import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { SpoolMetrics } from '@app/spool';
import type { Counter, Histogram } from 'prom-client';

@Injectable()
export class PrometheusSpoolMetrics extends SpoolMetrics {
  constructor(
    @InjectMetric('capture_log_committed_events_total') private readonly events: Counter,
    @InjectMetric('capture_log_committed_bytes_total') private readonly bytes: Counter,
    @InjectMetric('capture_log_commit_seconds') private readonly commits: Histogram,
    @InjectMetric('capture_log_errors_total') private readonly errors: Counter<'code'>,
    @InjectMetric('capture_log_expired_events_total') private readonly expiredEvents: Counter,
    @InjectMetric('capture_log_damaged_bytes_total') private readonly damagedBytes: Counter,
  ) {
    super();
  }

  committed(events: number, bytes: number, seconds: number): void {
    this.events.inc(events);
    this.bytes.inc(bytes);
    this.commits.observe(seconds);
  }

  failed(code: string): void {
    this.errors.inc({ code });
  }

  expired(events: number): void {
    this.expiredEvents.inc(events);
  }

  damaged(bytes: number): void {
    this.damagedBytes.inc(bytes);
  }
}
