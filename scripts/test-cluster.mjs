// `npm run test:cluster`: the chart on a real Kubernetes of one node. Needs root on Linux and time; see docs/cluster-run.md.
import { handOver } from './hand-over.mjs';
import { install, NODE, pinnedEnv, ROOT } from './setup.mjs';

install();
handOver(NODE, ['--disable-warning=TimeoutNegativeWarning', 'test/cluster/main.ts', ...process.argv.slice(2)], {
  cwd: ROOT,
  env: pinnedEnv(),
});
