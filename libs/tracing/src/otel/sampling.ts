import { TraceFlags, type SpanContext } from '@opentelemetry/api';
import { parseTraceParent } from '@opentelemetry/core';

export interface SamplingOptions {
  /** 0 to 1. */
  readonly rate: number;
  readonly trustParent: boolean;
  /** 0 to 1, for tests. */
  readonly random?: () => number;
}

/** A trace that begins here. */
export const NO_PARENT = 'none';

/**
 * Which requests are traced, and which trace they continue. The draw is ours and does not look at the trace's id, as the usual
 * ratio does: a client chooses that id, and could choose it so that all of its requests are traced. A client that says "not
 * sampled" is obeyed.
 */
export class Sampling {
  readonly #rate: number;
  readonly #trustParent: boolean;
  readonly #random: () => number;

  constructor({ rate, trustParent, random = Math.random }: SamplingOptions) {
    this.#rate = rate;
    this.#trustParent = trustParent;
    this.#random = random;
  }

  /** @returns undefined for a request that is not traced */
  decide(traceparent: unknown): SpanContext | typeof NO_PARENT | undefined {
    if (!this.#trustParent) return this.#random() < this.#rate ? sampledParent(traceparent) : undefined;
    const parent = sampledParent(traceparent);
    return parent === NO_PARENT && this.#random() >= this.#rate ? undefined : parent;
  }
}

/** Its `tracestate` is not taken: whoever sends it may write there what they like, and it would be exported with every span. */
function sampledParent(traceparent: unknown): SpanContext | typeof NO_PARENT | undefined {
  const parent = typeof traceparent === 'string' ? parseTraceParent(traceparent) : null;
  if (parent === null) return NO_PARENT;
  const isSampled = (parent.traceFlags & TraceFlags.SAMPLED) !== 0;
  return isSampled ? { ...parent, isRemote: true } : undefined;
}
