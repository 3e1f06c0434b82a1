// Runs the browser suite with what it needs. Started by scripts/test-browser.mjs.
import { chromiumCommand } from '../test/browser/chromium.ts';
import { startServices, type Services } from '../test/services/start-services.ts';
import { build } from './build.ts';
import type { Suite } from './suites.ts';
import { runVitest, stopVitest } from './vitest.ts';

const SUITE: Suite = { name: 'browser', needs: ['KAFKA_HOSTS'], uses: [], needsBuild: true, minutes: 2 };
let services: Services | undefined;

async function main(): Promise<boolean> {
  const chromium = await chromiumCommand();
  services = await startServices(SUITE.needs);
  const [missing] = services.missing;
  if (missing !== undefined) throw new Error(missing.reason);
  if (!build()) throw new Error('the application does not build');
  const { passed, failed, skipped } = await runVitest(SUITE, { ...process.env, ...services.env, TEST_CHROMIUM: chromium });
  console.log(`${passed} passed, ${failed} failed, ${skipped} skipped`);
  return failed === 0 && skipped === 0 && passed > 0;
}

async function stopAll(): Promise<void> {
  stopVitest();
  await services?.stop();
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
] as const) {
  process.on(signal, () => void stopAll().finally(() => process.exit(code)));
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  await stopAll();
}
