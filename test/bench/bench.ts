// `npm run bench`: what an event costs. Without a command, the gateway against the floor (the least that any Node gateway
// must do), in turn A B A B on each workload, then the latency of its acknowledgements at 70 % of saturation.
//
//   npm run bench [-- --workloads single,gz10] [--pairs N] [--seconds N] [--connections N] [--json FILE]
//   npm run bench -- --short                 a minute, as CI runs it: for the eye, not for figures
//   npm run bench -- --compare REV           against another revision of itself in the place of the floor
//   npm run bench -- --profile WORKLOAD      where each microsecond goes
//   npm run bench -- growth [--short] [--axes batch,size]      CPU an event as its circumstances grow: docs/performance/
//
// It fails when events are refused or lost, never because of a figure. The machine may be shared and noisy: CPU per event
// and the median of paired ratios are what to quote, not requests per second.
import { mkdtempSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { compare, type Row } from './compare/compare.ts';
import { latencyAt70, type Latency } from './compare/latency.ts';
import { reportAbsolute, reportLatency, reportRows, reportSubjects } from './compare/report.ts';
import { isWorkload, WORKLOADS } from './gateway/workloads.ts';
import { chart } from './growth/chart.ts';
import { growth } from './growth/growth.ts';
import { profileWorkload } from './profile/profile-workload.ts';
import { onStage, type Stage } from './stage.ts';

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
    profile: { type: 'string' },
    axes: { type: 'string' },
  },
});
const effort = {
  pairs: Number(options.pairs ?? (options.short ? 1 : 5)),
  seconds: Number(options.seconds ?? (options.short ? 1.5 : 6)),
  connections: Number(options.connections),
};

await onStage(async (stage) => {
  if (positionals[0] === 'growth') return growing(stage);
  if (options.profile === undefined) return comparison(stage);
  for (const workload of named(options.profile)) await profileWorkload(stage, workload, effort.seconds, effort.connections);
});

async function comparison(stage: Stage): Promise<void> {
  const workloads = named(options.workloads);
  const gateway = await stage.gateway('gateway');
  const other = options.compare ? await stage.gateway(options.compare, { folder: stage.checkOut(options.compare) }) : await stage.floor();
  const rows: Row[] = [];
  for (const workload of workloads) rows.push(await compare(stage, [gateway, other], workload, effort));
  const latencies: Latency[] = [];
  if (!options.short) for (const workload of workloads) latencies.push(await latencyAt70(stage, gateway, workload, effort.seconds));
  reportRows(rows, [gateway, other], effort);
  reportAbsolute(rows);
  if (latencies.length > 0) reportLatency(latencies);
  reportSubjects([gateway, other]);
  if (options.json === undefined) return;
  const memory = { gateway: gateway.peakMemory(), [other.name]: other.peakMemory() };
  writeFileSync(options.json, `${JSON.stringify({ ...effort, node: process.version, rows, latencies, memory }, undefined, 2)}\n`);
}

async function growing(stage: Stage): Promise<void> {
  const { short } = options;
  const only = options.axes?.split(',') ?? [];
  const rounds = Number(options.pairs ?? (short ? 1 : 3));
  const grown = await growth(stage, { rounds, seconds: Number(options.seconds ?? (short ? 1 : 4)), endsOnly: short, only });
  const folder =
    short || only.length > 0 ? mkdtempSync(join(tmpdir(), 'inlet-growth-')) : join(import.meta.dirname, '../../docs/performance');
  writeFileSync(
    join(folder, 'growth.json'),
    `${JSON.stringify({ node: process.version, cores: availableParallelism(), grown }, undefined, 2)}\n`,
  );
  writeFileSync(join(folder, 'growth.svg'), chart(grown));
  console.log(`\nwritten to ${folder}`);
}

function named(list: string) {
  return list.split(',').map((name) => {
    if (!isWorkload(name)) throw new Error(`${name} is no workload: ${WORKLOADS.join(', ')}`);
    return name;
  });
}
