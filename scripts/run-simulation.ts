// Many histories of the simulator, over as many processes as there are cores. Started by scripts/test-simulation.mjs.
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';

const ROOT = join(import.meta.dirname, '..');
const VITEST = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'unit', 'test/simulation/simulation.spec.ts'];

const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '10000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    lines: { type: 'string' },
  },
});
const isOne = values.seed !== undefined;
const [seeds, from] = isOne ? [1, Number(values.seed)] : [Number(values.seeds), Number(values.from)];
const processes = isOne ? 1 : Math.min(availableParallelism(), seeds);
const folder = mkdtempSync(join(tmpdir(), 'inlet-simulation-'));
const children: ChildProcess[] = [];
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, () => children.forEach((child) => child.kill()));

async function run(index: number): Promise<{ code: number | null; counts: Record<string, number> }> {
  const file = join(folder, `${index}.json`);
  const env = {
    ...process.env,
    SIMULATION_SEEDS: String(Math.ceil((seeds - index) / processes)),
    SIMULATION_FROM: String(from + index),
    SIMULATION_STEP: String(processes),
    SIMULATION_LINES: values.lines ?? (isOne ? '1000' : '60'),
    SIMULATION_COUNTS: file,
  };
  const child = spawn(process.execPath, VITEST, { cwd: ROOT, env, stdio: 'inherit' });
  children.push(child);
  const [code] = (await once(child, 'exit')) as [number | null];
  return { code, counts: JSON.parse(readFileSync(file, 'utf8')) as Record<string, number> };
}

try {
  const runs = await Promise.all(Array.from({ length: processes }, (_, index) => run(index)));
  const sum: Record<string, number> = {};
  for (const { counts } of runs) for (const [name, times] of Object.entries(counts)) sum[name] = (sum[name] ?? 0) + times;
  const codes = Object.keys(sum).filter((name) => name.startsWith('code '));
  for (const name of Object.keys(sum).toSorted()) if (!codes.includes(name)) console.log(`${String(sum[name]).padStart(10)} ${name}`);
  console.log(`${String(codes.length).padStart(10)} different error codes were answered`);
  process.exitCode = runs.every(({ code }) => code === 0) ? 0 : 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
