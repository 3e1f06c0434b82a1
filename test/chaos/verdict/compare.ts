import type { LoadResult } from '../load/load.ts';
import type { FoundEvent } from '../read/found-events.ts';

export interface Comparison {
  /** Distinct events of these runs. */
  readonly found: number;
  /** Acknowledged and in no topic. */
  readonly lost: number;
  /** Copies beyond the first. */
  readonly duplicated: number;
  /** Events whose first copy stands behind the first copy of a later one of their key, in one partition. */
  readonly outOfOrder: number;
  /** A few of those, for a look at them. */
  readonly examples: readonly string[];
}

/** Holds what is in the topics against what was acknowledged. */
export function compare(loads: readonly LoadResult[], found: readonly FoundEvent[]): Comparison {
  const runs = new Set(loads.map(({ plan }) => plan.run));
  const seen = new Set<string>();
  const latest = new Map<string, number>();
  const examples: string[] = [];
  let duplicated = 0;
  let outOfOrder = 0;
  for (const { run, key, sequence, partition } of found) {
    if (!runs.has(run)) continue;
    const id = `${run} ${key} ${sequence}`;
    if (seen.has(id)) {
      duplicated++;
      continue;
    }
    seen.add(id);
    const lane = `${run} ${key} ${partition}`;
    const before = latest.get(lane) ?? -1;
    if (sequence > before) latest.set(lane, sequence);
    else {
      outOfOrder++;
      if (examples.length < 5) examples.push(`key ${key}: ${sequence} behind ${before}`);
    }
  }
  const missing = acknowledgedIds(loads).filter((id) => !seen.has(id));
  return {
    found: seen.size,
    lost: missing.length,
    duplicated,
    outOfOrder,
    examples: [...examples, ...missing.slice(0, 5).map((id) => `lost ${id}`)],
  };
}

function acknowledgedIds(loads: readonly LoadResult[]): string[] {
  return loads.flatMap(({ plan, records }) =>
    records
      .filter(({ status }) => status === 200)
      .flatMap(({ key, sequence, events }) => Array.from({ length: events }, (_, i) => `${plan.run} ${key} ${sequence + i}`)),
  );
}
