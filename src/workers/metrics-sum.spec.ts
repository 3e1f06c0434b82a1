import { Counter, Gauge, Histogram, Registry } from 'prom-client';
import { describe, expect, it } from 'vitest';
import { MetricsSum, type MetricsDump } from './metrics-sum.js';

/** A process that has counted `n`, and its dump. */
async function dumpOf(n: number, label = 'a'): Promise<MetricsDump> {
  const registers = [new Registry()];
  new Counter({ name: 'events_total', help: 'h', labelNames: ['cause'], registers }).inc({ cause: label }, n);
  new Gauge({ name: 'bytes', help: 'h', aggregator: 'sum', registers }).set(n);
  new Gauge({ name: 'age', help: 'h', aggregator: 'max', registers }).set(n);
  new Histogram({ name: 'size', help: 'h', buckets: [5, 50], registers }).observe(n);
  return (await registers[0].getMetricsAsJSON()) as unknown as MetricsDump;
}

const valuesOf = async (sum: MetricsSum) => (await sum.text()).split('\n').filter((line) => line !== '' && !line.startsWith('#'));

describe('MetricsSum', () => {
  it('adds counters and histograms up, label by label, and gauges as they say', async () => {
    const sum = new MetricsSum();
    sum.record(1, await dumpOf(3));
    sum.record(2, await dumpOf(10));
    sum.record(3, await dumpOf(1, 'b'));
    expect(await valuesOf(sum)).toEqual([
      'events_total{cause="a"} 13',
      'events_total{cause="b"} 1',
      'bytes 14',
      'age 10',
      'size_bucket{le="5"} 2',
      'size_bucket{le="50"} 3',
      'size_bucket{le="+Inf"} 3',
      'size_sum 14',
      'size_count 3',
    ]);
  });

  it('replaces what a process said before', async () => {
    const sum = new MetricsSum();
    sum.record(1, await dumpOf(3));
    sum.record(1, await dumpOf(4));
    expect(await valuesOf(sum)).toContain('events_total{cause="a"} 4');
  });

  it('keeps what the dead have counted, and forgets what they held', async () => {
    const sum = new MetricsSum();
    sum.record(1, await dumpOf(3));
    sum.record(2, await dumpOf(10));
    sum.retire(2);
    sum.record(4, await dumpOf(100));
    sum.retire(4);
    sum.retire(5);
    const values = await valuesOf(sum);
    expect(values).toEqual(expect.arrayContaining(['events_total{cause="a"} 113', 'bytes 3', 'age 3', 'size_count 3', 'size_sum 113']));
    expect(sum.lastOf(2)).toBeUndefined();
  });
});
