import type { LoadResult } from '../load/load.ts';
import type { FoundEvent } from '../read/found-events.ts';
import { compare } from './compare.ts';
import type { PeakMemory } from './memory.ts';
import { timingOf, type Timing } from './timing.ts';

/** What a scenario promises of its load. */
export interface Bounds {
  /** Least part of the events sent that is acknowledged, 0 to 1. */
  readonly acknowledgedShare: number;
  /** Most copies beyond the first: what was under way when it broke. */
  readonly duplicates: number;
  /** The scenario ends the gateway: those that found nobody listening are not counted in the share. */
  readonly isGatewayAway?: boolean;
  /** Acknowledged events that the scenario itself destroys on disk, at most; none unless it says so. */
  readonly lost?: number;
  /** Why so many duplicates, in a few words. */
  readonly because: string;
}

/** A line of the table. */
export interface Row extends Timing {
  readonly scenario: string;
  readonly sent: number;
  readonly acknowledged: number;
  readonly found: number;
  readonly lost: number;
  readonly duplicated: number;
  readonly outOfOrder: number;
  readonly refused: number;
  readonly memory: PeakMemory | undefined;
  readonly bounds: Bounds;
  readonly notes: readonly string[];
  /** Empty in a green row. */
  readonly problems: readonly string[];
}

export interface Evidence {
  readonly scenario: string;
  readonly loads: readonly LoadResult[];
  readonly found: readonly FoundEvent[];
  readonly bounds: Bounds;
  readonly memory: PeakMemory | undefined;
  readonly notes: readonly string[];
  /** Found before the table: a ledger that does not balance, a scenario's own checks. */
  readonly problems: readonly string[];
}

export function rowOf({ scenario, loads, found, bounds, memory, notes, problems }: Evidence): Row {
  const records = loads.flatMap((load) => load.records);
  const sent = loads.reduce((sum, load) => sum + load.offered, 0);
  const acknowledged = records.filter(({ status }) => status === 200).reduce((sum, { events }) => sum + events, 0);
  const refused = records.filter(({ status }) => status !== 200).reduce((sum, { events }) => sum + events, 0);
  const { examples, ...comparison } = compare(loads, found);
  const wrong = [...problems];
  if (comparison.lost > (bounds.lost ?? 0)) wrong.push(`lost ${comparison.lost} acknowledged events: ${examples.join('; ')}`);
  if (comparison.outOfOrder > 0) wrong.push(`${comparison.outOfOrder} events out of order: ${examples.join('; ')}`);
  if (comparison.duplicated > bounds.duplicates)
    wrong.push(`${comparison.duplicated} duplicates, more than ${bounds.duplicates} (${bounds.because})`);
  const nobody = records.filter(({ detail }) => detail === 'ECONNREFUSED').reduce((sum, { events }) => sum + events, 0);
  const taken = bounds.isGatewayAway === true ? sent - nobody : sent;
  if (acknowledged < taken * bounds.acknowledgedShare)
    wrong.push(`acknowledged ${acknowledged} of ${taken}, less than ${bounds.acknowledgedShare}`);
  if (sent > 0 && acknowledged === 0) wrong.push('nothing was acknowledged: the row shows nothing');
  return { scenario, sent, acknowledged, ...comparison, refused, ...timingOf(records), memory, bounds, notes, problems: wrong };
}
