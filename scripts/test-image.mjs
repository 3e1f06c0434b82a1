// `npm run test:image`: builds the Dockerfile and looks at the running container. Needs root on Linux; see docs/cluster-run.md.
import { handOver } from './hand-over.mjs';
import { install, NODE, pinnedEnv, ROOT } from './setup.mjs';

install();
const args = ['node_modules/vitest/vitest.mjs', 'run', '--project', 'image', ...process.argv.slice(2)];
handOver(NODE, args, { cwd: ROOT, env: pinnedEnv() });
