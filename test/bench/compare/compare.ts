import { median, type Figures, type Load } from '../gateway/measure.ts';
import type { Subject } from '../gateway/subject.ts';
import type { WorkloadName } from '../gateway/workloads.ts';
import type { Stage } from '../stage.ts';

export interface Row {
  readonly workload: WorkloadName;
  /** Median of the ratios of CPU per event, pair by pair. */
  readonly ratio: number;
  /** The ratios of single pairs, least first. */
  readonly spread: readonly number[];
  /** The same of the other one against itself, where a second copy of it ran: what the machine alone makes of equal programs. */
  readonly itself?: readonly number[];
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

/**
 * One against the other in turn, A B A B: what disturbs the machine disturbs both.
 *
 * @param again a second copy of the other one: A B B' A B B'
 */
export async function compare(
  stage: Stage,
  [ours, theirs, again]: readonly [Subject, Subject, Subject?],
  workload: WorkloadName,
  effort: Effort,
): Promise<Row> {
  const { pairs, seconds, connections } = effort;
  const load: Load = { load: workload, seconds, connections };
  const subjects = again === undefined ? [ours, theirs] : [ours, theirs, again];
  for (const subject of subjects) await stage.measure(subject, { ...load, seconds: seconds < WARM_UP ? LEAST_WARM_UP : WARM_UP });
  const rounds: Figures[][] = [];
  for (let pair = 0; pair < pairs; pair++) {
    const round: Figures[] = [];
    for (const subject of subjects) round.push(await stage.measure(subject, load));
    rounds.push(round);
  }
  const ratios = (a: number, b: number) => rounds.map((round) => cpu(round[a]) / cpu(round[b])).toSorted((x, y) => x - y);
  const spread = ratios(0, 1);
  return {
    workload,
    ratio: median(spread),
    spread,
    itself: again && ratios(2, 1),
    gateway: medians(rounds.map(([gateway]) => gateway)),
    other: medians(rounds.map(([, other]) => other)),
  };
}

const cpu = ({ cpuMicrosecondsPerEvent }: Figures) => cpuMicrosecondsPerEvent;

function medians(runs: readonly Figures[]): Figures {
  const names = Object.keys(runs[0]) as (keyof Figures)[];
  return Object.fromEntries(names.map((name) => [name, median(runs.map((run) => run[name]))])) as unknown as Figures;
}
