import type { Row } from '../compare/compare.ts';
import type { Latency } from '../compare/latency.ts';
import type { Memory } from '../gateway/subject.ts';
import type { Growth } from '../growth/growth.ts';

/** On what and when something was measured. */
export interface Circumstances {
  readonly day: string;
  readonly revision: string;
  readonly node: string;
  readonly machine: string;
  /** Processes that wanted a core when it began, beside the bench. */
  readonly loadAverage: number;
}

/** docs/performance/bench.json */
export interface BenchResult extends Circumstances {
  readonly pairs: number;
  readonly seconds: number;
  readonly connections: number;
  readonly rows: readonly Row[];
  readonly latencies: readonly Latency[];
  readonly memory: { readonly gateway: Memory };
}

/** docs/performance/growth.json */
export interface GrowthResult extends Circumstances {
  readonly rounds: number;
  readonly seconds: number;
  readonly grown: readonly Growth[];
}
