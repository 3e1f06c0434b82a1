import { REFERENCE } from '../compare/targets.ts';
import type { WorkloadName } from '../gateway/workloads.ts';
import { RATES } from '../cost/assumptions.ts';
import { fleet, mixed, network, podsFor, type Assumptions, type CpuPerEvent, type Fleet } from '../cost/cost-model.ts';
import type { BenchResult } from './results.ts';
import { table, thousands, withPart } from './written-part.ts';

/** The page with its computed part renewed. */
export function withCosts(page: string, result: BenchResult, a: Assumptions): string {
  return withPart(page, 'cost', costs(result, a));
}

function costs(result: BenchResult, a: Assumptions): string {
  const cpu: CpuPerEvent = Object.fromEntries(result.rows.map(({ workload, gateway }) => [workload, gateway.cpuMicrosecondsPerEvent]));
  const bytes = mixed(Object.fromEntries(result.rows.map(({ workload, gateway }) => [workload, gateway.bytesWrittenPerEvent])), a);
  const rust: CpuPerEvent = Object.fromEntries(Object.entries(REFERENCE).map(([workload, reference]) => [workload, reference.rust]));
  const [ours, theirs] = [mixed(cpu, a), mixed(rust, a)];
  return [
    table(['assumption', 'value'], assumed(a)),
    '',
    table(
      ['CPU µs an event', 'part of all events', 'Inlet', 'Rust, June 2024'],
      [
        ...Object.entries(a.mix).map(([workload, part]) => [
          workload,
          `${part * 100} %`,
          cpu[workload as WorkloadName]!.toFixed(1),
          String(rust[workload as WorkloadName]),
        ]),
        ['**the mix**', '', `**${ours.toFixed(1)}**`, `**${theirs.toFixed(1)}**`],
      ],
    ),
    '',
    `An event leaves with ${bytes.toFixed(0)} bytes. One CPU that is used to ${a.utilisation * 100} % carries ${thousands((a.utilisation * 1e6) / ours)} events a second.`,
    `What the original's 3 Rust pods (and 40 Django pods before them) carry at that load, ${thousands((3 * a.podCpus * a.utilisation * 1e6) / theirs)} events a second of this mix,`,
    `takes ${((3 * ours) / theirs).toFixed(1)} such pods of Inlet.`,
    '',
    table(
      [
        'events a second',
        'Inlet: pods',
        'dollars a month',
        'Rust: pods',
        'dollars a month',
        'Django: pods',
        'dollars a month',
        'Inlet: dollars per 10⁹ events',
      ],
      RATES.map((rate) => {
        const rustPods = podsFor(rate, theirs, a);
        const inlet = fleet(podsFor(rate, ours, a), a);
        const perBillion = (inlet.dollarsPerMonth / (rate * 3600 * a.hoursPerMonth)) * 1e9;
        const others = [fleet(rustPods, a, false), fleet(Math.ceil(rustPods * a.djangoPerRust), a, false)];
        return [thousands(rate), ...cells(inlet), ...others.flatMap(cells), perBillion.toFixed(2)];
      }),
    ),
    '',
    table(
      ['events a second', 'GB/s produced', 'gateway to leader, dollars a month', 'leader to follower, dollars a month', 'both, with lz4'],
      RATES.map((rate) => {
        const { gigabytesPerSecond, producingPerMonth, copyingPerMonth } = network(rate, bytes, a);
        return [
          thousands(rate),
          gigabytesPerSecond.toPrecision(2),
          thousands(producingPerMonth),
          thousands(copyingPerMonth),
          thousands((producingPerMonth + copyingPerMonth) / a.lz4),
        ];
      }),
    ),
  ].join('\n');
}

function assumed(a: Assumptions): string[][] {
  return [
    ['CPU requested that is used, usually', `${a.utilisation * 100} %`],
    ['zones, of which one may be away', String(a.zones)],
    ['CPU requested that is used while a zone is away', `${a.utilisationInNeed * 100} %`],
    ['a pod', `${a.podCpus} vCPU, ${a.podGiB} GiB, volume of ${a.podVolumeGiB} GiB`],
    ['a vCPU for an hour', `$${a.dollarsPerCpuHour}`],
    ['a GiB of memory for an hour (a month)', `$${a.dollarsPerGiBHour} ($${(a.dollarsPerGiBHour * a.hoursPerMonth).toFixed(2)})`],
    ['a GiB of volume for a month', `$${a.dollarsPerVolumeGiBMonth}`],
    ['a month', `${a.hoursPerMonth} hours`],
    ['a GB from zone to zone, both sides', `$${a.dollarsPerCrossZoneGB}`],
    ['copies of an event in other zones', String(a.crossZoneCopies)],
    ['produced bytes without compression, for one with lz4', String(a.lz4)],
    ['Django pods for one Rust pod', `${a.djangoPerRust.toFixed(1)} (40 to 3)`],
  ];
}

const cells = ({ pods, dollarsPerMonth }: Fleet) => [thousands(pods), thousands(dollarsPerMonth)];
