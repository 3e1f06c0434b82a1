import { AggregatorRegistry, register, type Registry } from 'prom-client';

/** One metric as prom-client's JSON has it. */
export interface DumpedMetric {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly aggregator: string;
  readonly values: readonly { readonly value: number; readonly labels: Readonly<Record<string, string | number>> }[];
}

/** All metrics of a process. */
export type MetricsDump = readonly DumpedMetric[];

export async function metricsOf(registry: Registry = register): Promise<MetricsDump> {
  return (await registry.getMetricsAsJSON()) as unknown as MetricsDump;
}

/** One that is in no registry, as it is known of others. */
export function asDumped(name: string, type: 'counter' | 'gauge', help: string, values: DumpedMetric['values']): DumpedMetric {
  return { name, help, type, aggregator: 'sum', values };
}

/**
 * The metrics of several processes as those of one. Counters and histograms are added up, gauges by the rule that each one
 * names (`aggregator` in metric-names.ts). What a process had counted when it was last asked stays in the sums after its
 * death: a counter that falls would look to Prometheus like a restart of them all, and be counted again.
 */
export class MetricsSum {
  readonly #last = new Map<number, MetricsDump>();
  #retired: MetricsDump = [];

  record(pid: number, dump: MetricsDump): void {
    this.#last.set(pid, dump);
  }

  lastOf(pid: number): MetricsDump | undefined {
    return this.#last.get(pid);
  }

  retire(pid: number): void {
    const counted = this.#last.get(pid)?.filter(({ type }) => type === 'counter' || type === 'histogram');
    this.#last.delete(pid);
    if (counted === undefined) return;
    // What aggregate registers is JSON already: taken without waiting, so that no scrape sees neither of both.
    this.#retired = sumOf([this.#retired, counted]).getMetricsAsArray() as unknown as MetricsDump;
  }

  /** The sums, to be sent on. @param more metrics of the process that asks */
  dump(...more: readonly MetricsDump[]): MetricsDump {
    const sums = sumOf([...this.#last.values(), this.#retired, ...more]).getMetricsAsArray() as unknown as MetricsDump;
    // prom-client adds a function to each.
    return sums.map(({ name, help, type, aggregator, values }) => ({ name, help, type, aggregator, values }));
  }

  /** In Prometheus's text format. @param more metrics that no worker has */
  text(...more: readonly MetricsDump[]): Promise<string> {
    return sumOf([...this.#last.values(), this.#retired, ...more]).metrics();
  }
}

function sumOf(dumps: readonly MetricsDump[]) {
  return AggregatorRegistry.aggregate(dumps as MetricsDump[]);
}
