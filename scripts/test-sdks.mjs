// `npm run test:sdks [-- NAME …]`: real SDKs, old and new, against the built gateway and a real broker; all of them, or
// those whose names begin so. Apart from `npm test`: the first run fetches and compiles two dozen packages.
import { handOver } from './hand-over.mjs';
import { install, NODE, pinnedEnv, ROOT } from './setup.mjs';

install();
handOver(NODE, ['--disable-warning=TimeoutNegativeWarning', 'scripts/run-sdks.ts', ...process.argv.slice(2)], {
  cwd: ROOT,
  env: pinnedEnv(),
});
