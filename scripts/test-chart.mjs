// `npm run test:chart`: the Helm chart, its alerts and its dashboard. Fetches Helm, schemas and Prometheus by itself, once.
import { handOver } from './hand-over.mjs';
import { install, NODE, pinnedEnv, ROOT } from './setup.mjs';

install();
const args = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'chart', ...process.argv.slice(2)];
handOver(NODE, args, { cwd: ROOT, env: pinnedEnv() });
