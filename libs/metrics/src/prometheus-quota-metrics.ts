import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { QuotaMetrics, type Lane, type OverflowReason } from '@app/quota';
import type { Counter, Gauge } from 'prom-client';

/** Hot counts are prebound children: a label's look-up costs more than counting. */
@Injectable()
export class PrometheusQuotaMetrics extends QuotaMetrics {
  constructor(
    @InjectMetric('capture_quota_limit_exceeded') private readonly exceeded: Counter<'resource'>,
    @InjectMetric('capture_billing_limits_loaded_tokens') private readonly loaded: Gauge<'cache_key'>,
    @InjectMetric('capture_partition_key_capacity_exceeded_total') private readonly overCapacity: Counter,
    @InjectMetric('partition_limits_key_count') private readonly keyCount: Gauge,
    @InjectMetric('capture_events_rate_limited_token_distinctid') private readonly global: Counter,
    @InjectMetric('capture_events_rerouted_overflow') private readonly overflow: Counter<'reason'>,
    @InjectMetric('capture_events_rerouted_dlq') private readonly dlq: Counter<'reason'>,
    @InjectMetric('capture_events_rerouted_custom_topic') private readonly customTopic: Counter<'reason'>,
    @InjectMetric('capture_events_rerouted_historical') private readonly historical: Counter<'reason'>,
    @InjectMetric('capture_event_restrictions_applied') private readonly applied: Counter<'restriction_type'>,
    @InjectMetric('capture_event_restrictions_loaded_count') private readonly rules: Gauge,
    @InjectMetric('capture_event_restrictions_stale') private readonly stale: Gauge,
    @InjectMetric('capture_event_restrictions_redis_fetch') private readonly fetched: Counter<'restriction_type' | 'result'>,
    @InjectMetric('capture_limits_malformed_records_total') private readonly malformedTotal: Counter<'source'>,
    @InjectMetric('capture_limits_refresh_failures_total') private readonly failures: Counter<'source'>,
    @InjectMetric('capture_project_share_refused_requests') private readonly shareRefusals: Gauge,
  ) {
    super();
  }

  quotaExceeded(resource: string): void {
    this.exceeded.inc({ resource });
  }

  loadedTokens(cacheKey: string, count: number): void {
    this.loaded.set({ cache_key: cacheKey }, count);
  }

  keyOverCapacity(): void {
    this.overCapacity.inc();
  }

  globallyLimited(): void {
    this.global.inc();
  }

  overflowed(reason: OverflowReason): void {
    this.overflow.inc({ reason });
  }

  rerouted(lane: Lane, reason: string): void {
    const counters = { dlq: this.dlq, custom_topic: this.customTopic, historical: this.historical };
    counters[lane].inc({ reason });
  }

  restrictionApplied(type: string): void {
    this.applied.inc({ restriction_type: type });
  }

  restrictionsLoaded(count: number, isStale: boolean): void {
    this.rules.set(count);
    this.stale.set(isStale ? 1 : 0);
  }

  restrictionsFetched(type: string, result: string): void {
    this.fetched.inc({ restriction_type: type, result });
  }

  malformed(source: string, count: number): void {
    this.malformedTotal.inc({ source }, count);
  }

  refreshFailed(source: string): void {
    this.failures.inc({ source });
  }

  watchKeyCount(count: () => number): void {
    Object.assign(this.keyCount, { collect: () => this.keyCount.set(count()) });
  }

  watchShareRefusals(count: () => number): void {
    Object.assign(this.shareRefusals, { collect: () => this.shareRefusals.set(count()) });
  }
}
