// `npm run test:differential [-- --cases 1000000 --seed N]`: see test/differential/README.md.
import { parseArgs } from 'node:util';
import { handOver } from './hand-over.mjs';
import { install, NODE, pinnedEnv, ROOT } from './setup.mjs';

const { values } = parseArgs({
  options: {
    cases: { type: 'string', default: '1000000' },
    seed: { type: 'string', default: String(Date.now() % 1_000_000) },
  },
});
install();
const vitest = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'e2e', 'test/e2e/differential.spec.ts'];
handOver(NODE, vitest, { cwd: ROOT, env: { ...pinnedEnv(), DIFF_CASES: values.cases, DIFF_SEED: values.seed } });
