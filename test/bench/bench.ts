// `npm run bench`: what an event costs. Without a command, the gateway against the floor (the least that any Node gateway
// must do), in turn A B A B on each workload, then the latency of its acknowledgements at 70 % of saturation.
//
//   npm run bench [-- --workloads single,gz10] [--pairs N] [--seconds N] [--connections N] [--json FILE]
//   npm run bench -- --short                 a minute, as CI runs it: for the eye, not for figures
//   npm run bench -- --floor own             against a floor that produces by the gateway's own way into Kafka
//   npm run bench -- --compare REV           against another revision of itself in the place of the floor
//   npm run bench -- --profile WORKLOAD      where each microsecond goes
//   npm run bench -- growth [--short] [--axes batch,size]      CPU an event as its circumstances grow: docs/performance/
//   npm run bench -- pages                   docs/cost.md and docs/performance.md, from what is in docs/performance/
//
// It fails when events are refused or lost, never because of a figure. The machine may be shared and noisy: CPU per event
// and the median of paired ratios are what to quote, not requests per second.
import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compare, type Row } from './compare/compare.ts';
import { latencyAt70, type Latency } from './compare/latency.ts';
import { reportAbsolute, reportLatency, reportRows, reportSubjects } from './compare/report.ts';
import type { Subject } from './gateway/subject.ts';
import { isWorkload, WORKLOADS } from './gateway/workloads.ts';
import { chart } from './growth/chart.ts';
import { growth } from './growth/growth.ts';
import { renewPages } from './pages/renew-pages.ts';
import type { BenchResult, Circumstances, GrowthResult } from './pages/results.ts';
import { profileWorkload } from './profile/profile-workload.ts';
import { onStage, type Stage } from './stage.ts';

const DOCS = join(import.meta.dirname, '../../docs');

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    short: { type: 'boolean', default: false },
    workloads: { type: 'string', default: WORKLOADS.join(',') },
    pairs: { type: 'string' },
    seconds: { type: 'string' },
    connections: { type: 'string', default: '32' },
    json: { type: 'string' },
    compare: { type: 'string' },
    floor: { type: 'string', default: 'stock' },
    profile: { type: 'string' },
    axes: { type: 'string' },
  },
});
const effort = {
  pairs: Number(options.pairs ?? (options.short ? 1 : 5)),
  seconds: Number(options.seconds ?? (options.short ? 1.5 : 6)),
  connections: Number(options.connections),
};

const present = circumstances();
if (positionals[0] === 'pages') renewPages(DOCS);
else await onStage(play);

async function play(stage: Stage): Promise<void> {
  if (positionals[0] === 'growth') return growing(stage);
  if (options.profile === undefined) return comparison(stage);
  for (const workload of named(options.profile)) await profileWorkload(stage, workload, effort.seconds, effort.connections);
}

async function comparison(stage: Stage): Promise<void> {
  const workloads = named(options.workloads);
  const gateway = await stage.gateway('gateway');
  const [other, again] = await opponents(stage, gateway);
  const rows: Row[] = [];
  for (const workload of workloads) rows.push(await compare(stage, [gateway, other, again], workload, effort));
  const latencies: Latency[] = [];
  if (!options.short) for (const workload of workloads) latencies.push(await latencyAt70(stage, gateway, workload, effort.seconds));
  reportRows(rows, [gateway, other], effort);
  reportAbsolute(rows);
  if (latencies.length > 0) reportLatency(latencies);
  reportSubjects([gateway, other]);
  if (options.json === undefined) return;
  const memory = { gateway: gateway.peakMemory() };
  writeFileSync(
    options.json,
    `${JSON.stringify({ ...present, ...effort, rows, latencies, memory } satisfies BenchResult, undefined, 2)}\n`,
  );
}

/** Another revision runs twice: what it costs against itself is what the machine's noise makes of equal programs. */
async function opponents(stage: Stage, { flags }: Subject): Promise<[Subject, Subject?]> {
  if (!options.compare) return [await stage.floor(options.floor === 'own' ? 'own' : 'stock', flags)];
  const folder = stage.checkOut(options.compare);
  return [await stage.gateway(options.compare, { folder }), await stage.gateway(`${options.compare} again`, { folder })];
}

async function growing(stage: Stage): Promise<void> {
  const { short } = options;
  const only = options.axes?.split(',') ?? [];
  const rounds = Number(options.pairs ?? (short ? 1 : 3));
  const seconds = Number(options.seconds ?? (short ? 1 : 4));
  const grown = await growth(stage, { rounds, seconds, endsOnly: short, only });
  const folder = short || only.length > 0 ? mkdtempSync(join(tmpdir(), 'inlet-growth-')) : join(DOCS, 'performance');
  writeFileSync(
    join(folder, 'growth.json'),
    `${JSON.stringify({ ...present, rounds, seconds, grown } satisfies GrowthResult, undefined, 2)}\n`,
  );
  writeFileSync(join(folder, 'growth.svg'), chart(grown));
  console.log(`\nwritten to ${folder}`);
}

/** On what and when; before the bench itself makes the machine busy. */
function circumstances(): Circumstances {
  return {
    day: new Date().toISOString().slice(0, 10),
    revision: execFileSync('git', ['rev-parse', '--short', 'HEAD'], { cwd: import.meta.dirname, encoding: 'utf8' }).trim(),
    node: process.version,
    machine: `${availableParallelism()} cores (${cpus()[0].model})`,
    loadAverage: loadavg()[0],
  };
}

function named(list: string) {
  return list.split(',').map((name) => {
    if (!isWorkload(name)) throw new Error(`${name} is no workload: ${WORKLOADS.join(', ')}`);
    return name;
  });
}
