import { median, type Figures, type Load } from '../gateway/measure.ts';
import type { Subject } from '../gateway/subject.ts';
import type { WorkloadName } from '../gateway/workloads.ts';
import type { Stage } from '../stage.ts';

export interface Row {
  readonly workload: WorkloadName;
  /** Median of the ratios of CPU per event, pair by pair. */
  readonly ratio: number;
  readonly gateway: Figures;
  readonly other: Figures;
}

export interface Effort {
  readonly pairs: number;
  readonly seconds: number;
  readonly connections: number;
}

/** Code that has not run yet is not compiled yet, seconds. */
const WARM_UP = 5;
/** Of a short run. */
const LEAST_WARM_UP = 1;

/** One against the other in turn, A B A B: what disturbs the machine disturbs both. */
export async function compare(
  stage: Stage,
  [ours, theirs]: readonly [Subject, Subject],
  workload: WorkloadName,
  effort: Effort,
): Promise<Row> {
  const { pairs, seconds, connections } = effort;
  const load: Load = { load: workload, seconds, connections };
  for (const subject of [ours, theirs]) await stage.measure(subject, { ...load, seconds: seconds < WARM_UP ? LEAST_WARM_UP : WARM_UP });
  const figures: { gateway: Figures; other: Figures }[] = [];
  for (let pair = 0; pair < pairs; pair++)
    figures.push({ gateway: await stage.measure(ours, load), other: await stage.measure(theirs, load) });
  return {
    workload,
    ratio: median(figures.map(({ gateway, other }) => gateway.cpuMicrosecondsPerEvent / other.cpuMicrosecondsPerEvent)),
    gateway: medians(figures.map(({ gateway }) => gateway)),
    other: medians(figures.map(({ other }) => other)),
  };
}

function medians(runs: readonly Figures[]): Figures {
  const names = Object.keys(runs[0]) as (keyof Figures)[];
  return Object.fromEntries(names.map((name) => [name, median(runs.map((run) => run[name]))])) as unknown as Figures;
}
