import { Test } from '@nestjs/testing';
import type { ExecutionContext } from '@nestjs/common';
import { Ledger } from '@app/pipeline';
import { register } from 'prom-client';
import { afterEach, describe, expect, it } from 'vitest';
import { CaptureMetrics } from './capture-metrics.js';
import { METRIC_PROVIDERS } from './metric-names.js';
import { MetricsInterceptor } from './metrics.interceptor.js';
import { PrometheusLedger } from './prometheus-ledger.js';

/** The ledger and the metrics as the module wires them. */
async function metrics() {
  const providers = [...METRIC_PROVIDERS, CaptureMetrics, MetricsInterceptor, { provide: Ledger, useClass: PrometheusLedger }];
  return Test.createTestingModule({ providers }).compile();
}

/** Lines of /metrics that have a value. */
async function lines(): Promise<string[]> {
  const text = await register.metrics();
  return text.split('\n').filter((line) => line.startsWith('capture_') && !line.endsWith(' 0'));
}

afterEach(() => {
  register.clear();
});

describe('the ledger', () => {
  it('is what dashboards know under these names', async () => {
    const ledger = (await metrics()).get(Ledger);
    ledger.received(10);
    ledger.ingested(4);
    ledger.spooled(3);
    ledger.dropped('bot_traffic', 2);
    ledger.dropped('bot_traffic', 1);
    ledger.rejected('kafka_write_error', 1);
    ledger.processorFailed('BotFilter');
    expect(await lines()).toEqual([
      'capture_events_received_total 10',
      'capture_events_ingested_total 4',
      'capture_events_spooled_total 3',
      'capture_events_dropped_total{cause="bot_traffic"} 3',
      'capture_events_rejected_total{cause="kafka_write_error"} 1',
      'capture_processor_failures_total{processor="BotFilter"} 1',
    ]);
  });
});

describe('MetricsInterceptor', () => {
  const through = async (scanned: unknown) => {
    const module = await metrics();
    const context = {
      switchToHttp: () => ({ getRequest: () => ({ scanned }), getResponse: () => ({ statusCode: 200 }) }),
    } as unknown as ExecutionContext;
    return module.get(MetricsInterceptor).intercept(context, { handle: () => 'handled' as never });
  };

  it('meters how many events a request has', async () => {
    expect(await through({ events: Array.from({ length: 30 }) })).toBe('handled');
    const text = await lines();
    expect(text).toContain('capture_event_batch_size_sum 30');
    expect(text).toContain('capture_event_batch_size_bucket{le="50"} 1');
    expect(text.some((line) => line.includes('le="25"'))).toBe(false);
  });

  it('meters nothing of a request without a payload', async () => {
    expect(await through(undefined)).toBe('handled');
    expect(await lines()).toEqual([]);
  });
});

describe('METRIC_PROVIDERS', () => {
  it('have names of their own, and no label that a client could make up', async () => {
    await metrics();
    const all = await register.getMetricsAsJSON();
    expect(new Set(all.map(({ name }) => name)).size).toBe(METRIC_PROVIDERS.length);
    const labels = new Set(all.flatMap(({ name }) => (register.getSingleMetric(name) as unknown as { labelNames: string[] }).labelNames));
    for (const label of ['token', 'distinct_id', 'uuid', 'ip', 'key', 'event', 'session_id', 'user_agent'])
      expect(labels).not.toContain(label);
  });

  it('are summed over workers, but for gauges of what all workers have a copy of', async () => {
    await metrics();
    const all = (await register.getMetricsAsJSON()) as unknown as { name: string; type: string; aggregator: string }[];
    const isCopy = ({ name }: { name: string }) => /projects|age_seconds|loaded|stale|circuit|clock_gap/.test(name);
    for (const metric of all) expect([metric.name, metric.aggregator]).toEqual([metric.name, isCopy(metric) ? 'max' : 'sum']);
  });
});
