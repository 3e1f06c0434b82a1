import type { WorkloadName } from './workloads.ts';

/** One of the fixed workloads, or batches made to measure; how fast and over how many connections. */
export interface LoadOptions {
  readonly url: string;
  readonly load: WorkloadName | Shape;
  readonly seconds: number;
  readonly connections: number;
  /** Open loop at this rate; without it every connection sends as soon as it is answered. */
  readonly requestsPerSecond?: number;
}

/** Batches of one kind of event, sent to /batch/ as plain JSON. */
export interface Shape {
  readonly batch: number;
  /** Bytes of an event on the wire, about. */
  readonly bytes: number;
  /** Distinct ids, visited in an order that repeats none before all have come. */
  readonly ids: number;
  /** Projects whose tokens take turns, a request each. */
  readonly projects: number;
}

export interface LoadResult {
  readonly seconds: number;
  /** Requests that were answered 200. */
  readonly accepted: number;
  /** How many got another answer, by status and text. */
  readonly refusals: Readonly<Record<string, number>>;
  /** Open loop: requests that had not been sent when the time was over. */
  readonly late: number;
  /** Milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly max: number;
}
