// `npm test [-- SUITE …]`: installs what is missing, then runs the suites on the pinned Node.
import { handOver } from './hand-over.mjs';
import { install, NODE, pinnedEnv, ROOT } from './setup.mjs';

install();
handOver(NODE, ['--disable-warning=TimeoutNegativeWarning', 'scripts/run-suites.ts', ...process.argv.slice(2)], {
  cwd: ROOT,
  env: pinnedEnv(),
});
