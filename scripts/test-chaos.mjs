// `npm run test:chaos [-- NAME … | --short | --url …]`: see test/chaos/README.md.
import { spawnSync } from 'node:child_process';
import { handOver } from './hand-over.mjs';
import { install, NODE, pinnedEnv, ROOT } from './setup.mjs';

install();
const args = process.argv.slice(2);
const quiet = '--disable-warning=TimeoutNegativeWarning';
const isForeign = args.some((argument) => argument.startsWith('--url'));
const options = args.filter((argument) => argument.startsWith('--'));
if (isForeign) {
  handOver(NODE, [quiet, 'test/chaos/own-installation.ts', ...args], { cwd: ROOT, env: pinnedEnv() });
} else if (options.some((option) => option !== '--short')) {
  console.error(`unknown: ${options.join(' ')}; there are --short, names of scenarios, and --url (see test/chaos/README.md)`);
  process.exitCode = 2;
} else {
  const build = spawnSync(NODE, ['scripts/build.ts'], { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env: pinnedEnv() });
  if (build.status !== 0) process.exit(build.status ?? 1);
  const scenarios = options.includes('--short') ? 'short' : args.join(',') || 'all';
  const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'chaos'];
  handOver(NODE, vitest, { cwd: ROOT, env: { ...pinnedEnv(), CHAOS_SCENARIOS: scenarios } });
}
