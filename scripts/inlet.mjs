// `npm run --silent inlet -- COMMAND …`, and `npm start`, `npm run doctor`, …: one of the gateway's commands (src/commands), from
// a checkout. Installs and builds first; each only if there is need.
import { spawnSync } from 'node:child_process';
import { handOver } from './hand-over.mjs';
import { install, NODE, pinnedEnv, ROOT } from './setup.mjs';

install();
// What it says belongs to people: the command's answer alone is on standard output.
const build = spawnSync(NODE, ['scripts/build.ts'], { cwd: ROOT, stdio: ['ignore', 2, 2], env: pinnedEnv() });
if (build.status !== 0) process.exit(2);
handOver(NODE, ['dist/src/commands/inlet.js', ...process.argv.slice(2)], { cwd: ROOT });
