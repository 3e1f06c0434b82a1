// `npm run doctor`, `npm run drain`: one of the programs in dist/, by its file. Installs and builds if there is need.
import { spawnSync } from 'node:child_process';
import { handOver } from './hand-over.mjs';
import { install, NODE, pinnedEnv, ROOT } from './setup.mjs';

install();
// What it says belongs to people: the answer alone is on standard output.
const build = spawnSync(NODE, ['scripts/build.ts'], { cwd: ROOT, stdio: ['ignore', 2, 2], env: pinnedEnv() });
if (build.status !== 0) process.exit(build.status ?? 2);
handOver(NODE, process.argv.slice(2), { cwd: ROOT });
