import { MEMORY, P99, RATIO, REFERENCE } from '../compare/targets.ts';
import type { Growth } from '../growth/growth.ts';
import { short } from '../growth/scale.ts';
import type { BenchResult, Circumstances, GrowthResult } from './results.ts';
import { table, thousands, withPart } from './written-part.ts';

/** The page with its figures renewed. */
export function withFigures(page: string, result: BenchResult, grown: GrowthResult): string {
  return withPart(withPart(page, 'figures', figures(result)), 'growth', growth(grown));
}

function figures(result: BenchResult): string {
  const { pairs, seconds, connections, rows, latencies, memory } = result;
  return [
    `${circumstances(result)}; medians of ${pairs} pairs of ${seconds} s, ${connections} connections.`,
    '',
    table(
      ['CPU µs an event', 'Inlet', 'floor', 'ratio', 'wanted', 'Rust, June 2024', 'plain prototype', 'events/s on a shared machine'],
      rows.map(({ workload, ratio, gateway, other }) => [
        workload,
        gateway.cpuMicrosecondsPerEvent.toFixed(1),
        other.cpuMicrosecondsPerEvent.toFixed(1),
        ratio.toFixed(2),
        String(RATIO[workload] ?? ''),
        String(REFERENCE[workload]?.rust ?? ''),
        String(REFERENCE[workload]?.plain ?? ''),
        thousands(gateway.eventsPerSecond),
      ]),
    ),
    '',
    table(
      [`acknowledgement at 70 % of saturation`, 'requests/s', 'p50 ms', 'p99 ms', `under ${P99} ms`],
      latencies.map(({ workload, requestsPerSecond, p50, p99 }) => [
        workload,
        thousands(requestsPerSecond),
        p50.toFixed(1),
        p99.toFixed(1),
        p99 < P99 ? 'yes' : 'no',
      ]),
    ),
    '',
    `Peak memory over all of these: ${thousands(memory.gateway.anonymous / 2 ** 20)} MiB anonymous (wanted: under ${MEMORY}), ${thousands(memory.gateway.resident / 2 ** 20)} MiB resident.`,
  ].join('\n');
}

function growth(result: GrowthResult): string {
  const rows = result.grown.flatMap(({ axis, curves }: Growth) =>
    curves.map(({ name, points }) => {
      const costs = points.map(({ microseconds }) => microseconds);
      const [first, last] = [points[0], points.at(-1)!];
      const ends = [first, last].map(
        ({ value, microseconds }) => `${microseconds.toFixed(1)} at ${short(value)}${axis.unit && ` ${axis.unit}`}`,
      );
      return [
        `${axis.title}: ${name}`,
        ...ends,
        (last.microseconds / first.microseconds).toFixed(2),
        Math.min(...costs).toFixed(1),
        Math.max(...costs).toFixed(1),
      ];
    }),
  );
  return [
    `${circumstances(result)}; medians of ${result.rounds} rounds of ${result.seconds} s.`,
    '',
    table(['CPU µs', 'first', 'last', 'last/first', 'least', 'most'], rows),
  ].join('\n');
}

function circumstances({ day, revision, node, machine, loadAverage }: Circumstances): string {
  return `${day}, revision ${revision}, Node ${node}, ${machine}, on which ${loadAverage.toFixed(1)} other processes wanted a core`;
}
