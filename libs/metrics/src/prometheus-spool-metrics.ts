import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { SpoolMetrics, type LogFigures, type SpoolFigures } from '@app/spool';
import type { Counter, Gauge, Histogram } from 'prom-client';

@Injectable()
export class PrometheusSpoolMetrics extends SpoolMetrics {
  constructor(
    @InjectMetric('capture_log_committed_events_total') private readonly events: Counter,
    @InjectMetric('capture_log_committed_bytes_total') private readonly bytes: Counter,
    @InjectMetric('capture_log_commit_seconds') private readonly commits: Histogram,
    @InjectMetric('capture_log_errors_total') private readonly errors: Counter<'code'>,
    @InjectMetric('capture_log_expired_events_total') private readonly expiredEvents: Counter<'reason'>,
    @InjectMetric('capture_log_bytes') private readonly logBytes: Gauge,
    @InjectMetric('capture_log_bytes_limit') private readonly logLimit: Gauge,
    @InjectMetric('capture_log_damaged_bytes_total') private readonly damagedBytes: Counter,
    @InjectMetric('capture_log_segments_left_alone') private readonly leftAlone: Gauge,
    @InjectMetric('capture_spool_spooled_total') private readonly spooledTotal: Counter,
    @InjectMetric('capture_spool_recovered_total') private readonly recoveredTotal: Counter,
    @InjectMetric('capture_spool_drained_total') private readonly drainedTotal: Counter,
    @InjectMetric('capture_spool_dead_lettered_total') private readonly deadLetteredTotal: Counter,
    @InjectMetric('capture_spool_expired_total') private readonly spoolExpiredTotal: Counter,
    @InjectMetric('capture_spool_parked_total') private readonly parkedTotal: Counter,
    @InjectMetric('capture_spool_dropped_total') private readonly droppedTotal: Counter,
    @InjectMetric('capture_spool_refused_total') private readonly refusedTotal: Counter<'cause'>,
    @InjectMetric('capture_spool_pending_events') private readonly pending: Gauge,
    @InjectMetric('capture_spool_parked_events') private readonly parkedEvents: Gauge,
    @InjectMetric('capture_spool_bytes') private readonly spoolBytes: Gauge,
    @InjectMetric('capture_spool_bytes_limit') private readonly spoolLimit: Gauge,
    @InjectMetric('capture_spool_oldest_age_seconds') private readonly oldestAge: Gauge,
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

  expired(events: number, _bytes: number, reason: string): void {
    this.expiredEvents.inc({ reason }, events);
  }

  damaged(bytes: number): void {
    this.damagedBytes.inc(bytes);
  }

  spooled(messages: number): void {
    this.spooledTotal.inc(messages);
  }

  recovered(messages: number): void {
    this.recoveredTotal.inc(messages);
  }

  drained(messages: number): void {
    this.drainedTotal.inc(messages);
  }

  deadLettered(messages: number): void {
    this.deadLetteredTotal.inc(messages);
  }

  spoolExpired(messages: number): void {
    this.spoolExpiredTotal.inc(messages);
  }

  parked(messages: number): void {
    this.parkedTotal.inc(messages);
  }

  dropped(messages: number): void {
    this.droppedTotal.inc(messages);
  }

  refused(cause: string, messages: number): void {
    this.refusedTotal.inc({ cause }, messages);
  }

  watchLog(read: () => LogFigures): void {
    Object.assign(this.logBytes, { collect: () => this.logBytes.set(read().bytes) });
    Object.assign(this.logLimit, { collect: () => this.logLimit.set(read().maxBytes) });
    Object.assign(this.leftAlone, { collect: () => this.leftAlone.set(read().leftAlone) });
  }

  watchSpool(read: () => SpoolFigures): void {
    Object.assign(this.leftAlone, { collect: () => this.leftAlone.set(read().leftAlone) });
    Object.assign(this.pending, { collect: () => this.pending.set(read().events) });
    Object.assign(this.parkedEvents, { collect: () => this.parkedEvents.set(read().parked) });
    Object.assign(this.spoolBytes, { collect: () => this.spoolBytes.set(read().bytes) });
    Object.assign(this.spoolLimit, { collect: () => this.spoolLimit.set(read().maxBytes) });
    Object.assign(this.oldestAge, { collect: () => this.oldestAge.set(read().oldestAgeSeconds ?? 0) });
  }
}
