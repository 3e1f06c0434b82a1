import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { ClockWatch } from './clock-watch.js';
import { NoKafkaMetrics } from './kafka-metrics.js';
import { FakeEngine } from './testing/fake-engine.js';

class Gauge extends NoKafkaMetrics {
  readonly seconds: number[] = [];
  override clockGap(seconds = 0): void {
    this.seconds.push(seconds);
  }
}

beforeEach(() => void vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] }));
afterEach(() => void vi.useRealTimers());

it('tells once a minute how far the clocks are apart', async () => {
  const [engine, metrics] = [new FakeEngine(), new Gauge()];
  engine.clock = { skewMs: 7_200_000 };
  const watch = new ClockWatch(engine, metrics);
  watch.start();
  await vi.advanceTimersByTimeAsync(60_000);
  // Less is known from a refusal than from the cluster itself.
  watch.refused(3_600_000);
  engine.clock = { skewMs: -500 };
  await vi.advanceTimersByTimeAsync(60_000);
  watch.stop();
  await vi.advanceTimersByTimeAsync(600_000);
  expect(metrics.seconds).toEqual([7200, 7200, 0.5]);
});

it('tells what refused records show of a cluster that does not say its time, and asks it seldom', async () => {
  const [engine, metrics] = [new FakeEngine(), new Gauge()];
  const asked = vi.spyOn(engine, 'clusterClock');
  const watch = new ClockWatch(engine, metrics);
  watch.start();
  await vi.advanceTimersByTimeAsync(120_000);
  watch.refused(3_600_000);
  expect(metrics.seconds).toEqual([3600]);
  expect(asked).toHaveBeenCalledTimes(1);
  watch.stop();
});
