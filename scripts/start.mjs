// `npm start`: from a fresh clone to a running gateway. Installs, builds and runs; each only if there is need.
import { spawnSync } from 'node:child_process';
import { handOver } from './hand-over.mjs';
import { install, NODE, pinnedEnv, ROOT } from './setup.mjs';

install();
const build = spawnSync(NODE, ['scripts/build.ts'], { cwd: ROOT, stdio: ['ignore', 'inherit', 'inherit'], env: pinnedEnv() });
if (build.status !== 0) process.exit(build.status ?? 1);
handOver(NODE, ['dist/src/main.js'], { cwd: ROOT });
