// `npm run test:hostile [-- NAME --seed N --cases 200 --short --json]`: see test/hostile/README.md.
import { handOver } from './hand-over.mjs';
import { install, NODE, pinnedEnv, ROOT } from './setup.mjs';

install();
handOver(NODE, ['--disable-warning=TimeoutNegativeWarning', 'scripts/run-hostile.ts', ...process.argv.slice(2)], {
  cwd: ROOT,
  env: pinnedEnv(),
});
