// `node test/bench/memory.bench.ts [--settings node,ours,semi=8,semi=8/old=900] [--workloads batch100,single] [--rounds N] [--seconds N] [--rate N]`
//
// What the sizes of V8's generations and malloc's arenas cost and save: CPU per event and the highest anonymous memory, each
// setting in turn, each in a process of its own, so that a peak belongs to one workload. `node` is what Node does by itself,
// `ours` what the gateway does; other settings are flags (`semi`, `old`, or any flag of Node without its dashes) and
// variables (in capitals), divided by slashes. --rate is requests a second; without it, as many as go. Needs a build.
import { parseArgs } from 'node:util';
import { median } from './gateway/measure.ts';
import { isWorkload } from './gateway/workloads.ts';
import { onStage } from './stage.ts';

const NAMES: Readonly<Record<string, string>> = { semi: 'max-semi-space-size', old: 'max-old-space-size' };
/** As of Node 26 on a machine with 16 GiB or more. */
const NODE = 'semi=32/old=4096';

const { values: options } = parseArgs({
  options: {
    settings: { type: 'string', default: 'node,semi=1,semi=4,semi=8,semi=16,semi=32,ours' },
    workloads: { type: 'string', default: 'batch100,single' },
    rounds: { type: 'string', default: '3' },
    seconds: { type: 'string', default: '5' },
    rate: { type: 'string' },
  },
});

function parse(setting: string) {
  const parts = (setting === 'node' ? NODE : setting === 'ours' ? '' : setting).split('/').filter(Boolean);
  const variables = parts.filter((part) => /^[A-Z]/.test(part));
  const flags = parts
    .filter((part) => !variables.includes(part))
    .map((part) => `--${part.replace(/^[a-z]+(?==)/, (name) => NAMES[name] ?? name)}`);
  return { flags, env: Object.fromEntries(variables.map((part) => part.split('='))) as Record<string, string> };
}

const line = (cells: readonly string[]) =>
  console.log(cells.map((cell, i) => (i < 2 ? cell.padEnd(14 + 18 * i) : cell.padStart(11))).join(''));

await onStage(async (stage) => {
  line(['workload', 'setting', 'events/s', 'CPU µs/ev', 'p50 ms', 'anon MiB']);
  for (const workload of options.workloads.split(',').filter(isWorkload)) {
    const rows: Row[] = options.settings.split(',').map((name) => ({ name, rates: [], cpu: [], p50: [], peaks: [] }));
    const pace = options.rate === undefined ? {} : { requestsPerSecond: Number(options.rate) };
    const load = { load: workload, seconds: Number(options.seconds), connections: 32, ...pace };
    for (let round = 0; round < Number(options.rounds); round++) {
      for (const { name, rates, cpu, p50, peaks } of rows) {
        const subject = await stage.gateway(name, parse(name));
        await stage.measure(subject, { ...load, seconds: 3 });
        const figures = await stage.measure(subject, load);
        rates.push(figures.eventsPerSecond);
        cpu.push(figures.cpuMicrosecondsPerEvent);
        p50.push(figures.p50);
        peaks.push(subject.peakMemory().anonymous / 2 ** 20);
        await stage.end(subject);
      }
    }
    for (const { name, rates, cpu, p50, peaks } of rows)
      line([
        workload,
        name,
        median(rates).toFixed(0),
        median(cpu).toFixed(1),
        median(p50).toFixed(0),
        `${median(peaks).toFixed(0)}-${Math.max(...peaks).toFixed(0)}`,
      ]);
  }
});

interface Row {
  readonly name: string;
  readonly rates: number[];
  readonly cpu: number[];
  readonly p50: number[];
  readonly peaks: number[];
}
