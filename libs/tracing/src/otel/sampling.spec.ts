import { describe, expect, it } from 'vitest';
import { NO_PARENT, Sampling } from './sampling.js';

const TRACE = '4bf92f3577b34da6a3ce929d0e0e4736';
const SAMPLED = `00-${TRACE}-00f067aa0ba902b7-01`;
const UNSAMPLED = `00-${TRACE}-00f067aa0ba902b7-00`;

/** How many of a thousand requests are traced, drawn evenly. */
function traced(options: { rate: number; trustParent?: boolean }, traceparent?: string): number {
  let draw = 0;
  const sampling = new Sampling({ trustParent: false, ...options, random: () => (draw++ % 1000) / 1000 });
  return Array.from({ length: 1000 }, () => sampling.decide(traceparent)).filter((decision) => decision !== undefined).length;
}

describe('Sampling', () => {
  it.each([0, 0.001, 0.25, 1])('traces that share of requests: %d', (rate) => {
    expect(traced({ rate })).toBe(1000 * rate);
  });

  it('traces no more of a client that asks for all, with one trace or many', () => {
    expect(traced({ rate: 0.1 }, SAMPLED)).toBe(100);
    expect(traced({ rate: 0.1 }, `00-${'f'.repeat(24)}00000001-00f067aa0ba902b7-01`)).toBe(100);
  });

  it('traces nothing for a client that asks for nothing', () => {
    expect(traced({ rate: 1 }, UNSAMPLED)).toBe(0);
  });

  it('with a trusted parent does as it says, and draws where there is none', () => {
    const all = (traceparent?: string) => traced({ rate: 0.1, trustParent: true }, traceparent);
    expect([all(SAMPLED), all(UNSAMPLED), all(), all('nonsense')]).toEqual([1000, 0, 100, 100]);
  });

  it('continues the trace of its parent, or begins one', () => {
    const sampling = new Sampling({ rate: 1, trustParent: false });
    expect(sampling.decide(SAMPLED)).toEqual({ traceId: TRACE, spanId: '00f067aa0ba902b7', traceFlags: 1, isRemote: true });
    for (const none of [undefined, '', 'nonsense', [SAMPLED], `${SAMPLED}, ${SAMPLED}`]) expect(sampling.decide(none)).toBe(NO_PARENT);
  });
});
