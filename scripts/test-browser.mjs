// `npm run test:browser`: real recordings in a real Chromium, against a real broker. Apart from `npm test`: a browser is
// 300 MB that not everybody has.
import { handOver } from './hand-over.mjs';
import { install, NODE, pinnedEnv, ROOT } from './setup.mjs';

install();
handOver(NODE, ['--disable-warning=TimeoutNegativeWarning', 'scripts/run-browser.ts'], { cwd: ROOT, env: pinnedEnv() });
