// `npm run test:simulation [-- --seeds 10000 --from 1 --seed 4711]`: see test/simulation/README.md.
import { handOver } from './hand-over.mjs';
import { install, NODE, pinnedEnv, ROOT } from './setup.mjs';

install();
handOver(NODE, ['scripts/run-simulation.ts', ...process.argv.slice(2)], { cwd: ROOT, env: pinnedEnv() });
