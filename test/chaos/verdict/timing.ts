import type { RequestRecord } from '../load/records.ts';

export interface Timing {
  /** Of acknowledgements, milliseconds from when the request was due. */
  readonly p50: number;
  readonly p99: number;
  /** Longest time in which nothing was acknowledged, milliseconds. */
  readonly gap: number;
}

export function timingOf(records: readonly RequestRecord[]): Timing {
  const acknowledged = records.filter(({ status }) => status === 200);
  const times = acknowledged.map(({ ms }) => ms);
  return { p50: percentile(times, 0.5), p99: percentile(times, 0.99), gap: longestGap(records, acknowledged) };
}

/** Of those that were due between two moments (Unix milliseconds). */
export function during(records: readonly RequestRecord[], from: number, to: number): RequestRecord[] {
  return records.filter(({ due }) => due >= from && due < to);
}

export function percentile(values: readonly number[], share: number): number {
  const sorted = values.toSorted((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN;
}

function longestGap(all: readonly RequestRecord[], acknowledged: readonly RequestRecord[]): number {
  if (all.length === 0) return NaN;
  const due = all.map((record) => record.due).toSorted((a, b) => a - b);
  const moments = [due[0], ...acknowledged.map((record) => record.due + record.ms), due.at(-1)!].toSorted((a, b) => a - b);
  let gap = 0;
  for (let i = 1; i < moments.length; i++) gap = Math.max(gap, moments[i] - moments[i - 1]);
  return gap;
}
