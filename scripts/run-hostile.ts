// The hostile suite by hand, with a broker for the thread of recordings. Started by scripts/test-hostile.mjs.
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { startServices } from '../test/services/start-services.ts';
import { build } from './build.ts';

const ROOT = join(import.meta.dirname, '..');
const VITEST = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'hostile'];

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cases: { type: 'string', default: '40' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
    short: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
  },
});

if (!build()) process.exit(1);
const services = await startServices(['KAFKA_HOSTS']);
for (const { name, reason } of services.missing) console.error(`MISSING ${name}: ${reason}`);
const folder = mkdtempSync(join(tmpdir(), 'inlet-hostile-'));
const report = join(folder, 'report.json');
const env = {
  ...process.env,
  ...services.env,
  HOSTILE_CASES: values.short ? 'short' : (positionals[0] ?? 'all'),
  HOSTILE_JUDGES: 'all',
  HOSTILE_BOMBS: values.cases,
  HOSTILE_SEED: values.seed,
  HOSTILE_JSON: report,
};
try {
  // The report alone goes to standard output: what is printed on the way goes where errors go.
  const child = spawn(process.execPath, VITEST, { cwd: ROOT, env, stdio: ['ignore', values.json ? 2 : 'inherit', 'inherit'] });
  const asked = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]).then(() => child.kill());
  const [code] = (await Promise.race([once(child, 'exit'), asked.then(() => once(child, 'exit'))])) as [number | null];
  process.exitCode = code ?? 1;
  if (values.json) console.log(readFileSync(report, 'utf8'));
} finally {
  rmSync(folder, { recursive: true, force: true });
  await services.stop();
}
