import type { WorkloadName } from '../gateway/workloads.ts';

/** What was measured on two such cores before this gateway was written, CPU µs an event of 1.2 KB; median of three. */
export const REFERENCE: Partial<Record<WorkloadName, { readonly rust: number; readonly plain: number }>> = {
  // The Rust service of June 2024; Nest and Fastify with JSON.parse, JSON.stringify and the Kafka library's own producer.
  single: { rust: 69, plain: 59 },
  gz10: { rust: 36, plain: 19 },
  batch100: { rust: 23, plain: 15 },
  gzbatch100: { rust: 26, plain: 14 },
};

/** At most so many times the floor. */
export const RATIO: Partial<Record<WorkloadName, number>> = { single: 1.4, gz10: 1.6, batch100: 1.5, gzbatch100: 1.5 };
/** Of the acknowledgement at 70 % of saturation, milliseconds. */
export const P99 = 40;
/** Anonymous memory, MiB. */
export const MEMORY = 250;
