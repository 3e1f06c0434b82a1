import { describe, expect, it } from 'vitest';
import { percentile, timingOf } from './timing.ts';

const request = (due: number, ms: number, status = 200) => ({ key: 0, sequence: 0, events: 1, ack: '', detail: '', due, ms, status });

describe('times of acknowledgements', () => {
  it('count from when a request was due, and only for those acknowledged', () => {
    expect(timingOf([request(0, 5), request(10, 7), request(20, 9000, 503)])).toMatchObject({ p50: 7, p99: 7 });
  });

  it('know the longest time in which nothing was acknowledged, a stall at the end included', () => {
    expect(timingOf([request(0, 1), request(10, 1), request(500, 1), request(2000, 1, 0)]).gap).toBe(1499);
  });

  it('have percentiles', () => {
    const values = Array.from({ length: 100 }, (_, i) => i);
    expect([percentile(values, 0.5), percentile(values, 0.99), percentile([], 0.5)]).toEqual([50, 99, NaN]);
  });
});
