// `npm run bench [-- --short] [--workloads single,gz10] [--pairs N] [--seconds N] [--json FILE] [--compare REV]`
// `npm run bench -- --profile WORKLOAD [--seconds N]`      where each microsecond goes
//
// The gateway against the floor, or against another revision of itself, in turn A B A B on each workload. The machine
// may be shared and noisy: CPU per event and the median of paired ratios are what to quote, not requests per second.
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { measure, median, type Figures } from './gateway/measure.ts';
import type { Subject } from './gateway/subject.ts';
import { WORKLOADS, workloads, type WorkloadName } from './gateway/workloads.ts';
import { profileWorkload } from './profile/profile-workload.ts';
import { onStage } from './stage.ts';

/** CPU µs an event of the Rust service that the gateway replaces, on such a machine in June 2024 form. */
const RUST: Partial<Record<WorkloadName, number>> = { single: 69, gz10: 36, batch100: 23, gzbatch100: 26 };

const { values: options } = parseArgs({
  options: {
    short: { type: 'boolean', default: false },
    workloads: { type: 'string', default: WORKLOADS.join(',') },
    pairs: { type: 'string' },
    seconds: { type: 'string' },
    connections: { type: 'string', default: '32' },
    json: { type: 'string' },
    compare: { type: 'string' },
    profile: { type: 'string' },
  },
});
const pairs = Number(options.pairs ?? (options.short ? 1 : 5));
const seconds = Number(options.seconds ?? (options.short ? 2 : 6));
const connections = Number(options.connections);

interface Row {
  readonly workload: WorkloadName;
  readonly ratio: number;
  readonly gateway: Figures;
  readonly other: Figures;
}

await onStage(async (stage) => {
  if (options.profile !== undefined) return profileWorkload(stage, options.profile as WorkloadName, seconds, connections);
  const gateway = await stage.gateway('gateway');
  const other =
    options.compare === undefined ? await stage.floor() : await stage.gateway(options.compare, { folder: stage.checkOut(options.compare) });
  const rows: Row[] = [];
  for (const workload of options.workloads.split(',') as WorkloadName[]) rows.push(await compare(gateway, other, workload));
  print(rows, gateway, other);
  if (options.json)
    writeFileSync(options.json, `${JSON.stringify({ pairs, seconds, connections, node: process.version, rows }, undefined, 2)}\n`);
});

async function compare(gateway: Subject, other: Subject, workload: WorkloadName): Promise<Row> {
  const { eventsPerRequest } = workloads()[workload];
  const load = { workload, eventsPerRequest, seconds, connections };
  // Code that has not run yet is not compiled yet.
  for (const subject of [gateway, other]) await measure(subject, { ...load, seconds: Math.min(3, seconds) });
  const ours: Figures[] = [];
  const theirs: Figures[] = [];
  for (let pair = 0; pair < pairs; pair++) {
    ours.push(await measure(gateway, load));
    theirs.push(await measure(other, load));
  }
  const ratio = median(ours.map(({ cpuMicrosecondsPerEvent }, i) => cpuMicrosecondsPerEvent / theirs[i].cpuMicrosecondsPerEvent));
  return { workload, ratio, gateway: medians(ours), other: medians(theirs) };
}

function medians(runs: readonly Figures[]): Figures {
  const names = Object.keys(runs[0]) as (keyof Figures)[];
  return Object.fromEntries(names.map((name) => [name, median(runs.map((run) => run[name]))])) as unknown as Figures;
}

function print(rows: readonly Row[], gateway: Subject, other: Subject): void {
  console.log(
    `\nmedian of ${pairs} pairs of ${seconds} s, ${connections} connections, Node ${process.version}; CPU is the process group's`,
  );
  const line = (cells: readonly string[]) => console.log(cells.map((cell, i) => (i < 2 ? cell.padEnd(12) : cell.padStart(11))).join(' '));
  line(['workload', 'who', 'requests/s', 'events/s', 'CPU µs/ev', 'p50 ms', 'p99 ms', 'refused', 'ratio', 'Rust µs/ev']);
  for (const { workload, ratio, gateway: ours, other: theirs } of rows) {
    const cells = (figures: Figures) => [
      figures.requestsPerSecond.toFixed(0),
      figures.eventsPerSecond.toFixed(0),
      figures.cpuMicrosecondsPerEvent.toFixed(2),
      figures.p50.toFixed(0),
      figures.p99.toFixed(0),
      String(figures.refused),
    ];
    line([workload, gateway.name, ...cells(ours), ratio.toFixed(2), String(RUST[workload] ?? '')]);
    line(['', other.name, ...cells(theirs)]);
  }
  for (const subject of [gateway, other])
    console.log(
      `peak memory of ${subject.name}: ${mib(subject.peakMemory().anonymous)} MiB anonymous, ${mib(subject.peakMemory().resident)} resident`,
    );
}

const mib = (bytes: number) => (bytes / 2 ** 20).toFixed(0);
