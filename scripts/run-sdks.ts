// Drives real SDKs against the built gateway and a real broker. Started by scripts/test-sdks.mjs.
import { startServices, type Services } from '../test/services/start-services.ts';
import { build } from './build.ts';
import type { Suite } from './suites.ts';
import { runVitest, stopVitest } from './vitest.ts';

/** The first run installs and compiles two dozen SDKs. */
const SUITE: Suite = { name: 'sdks', needs: ['KAFKA_HOSTS'], uses: [], needsBuild: true, minutes: 12 };
let services: Services | undefined;

async function main(names: readonly string[]): Promise<boolean> {
  services = await startServices(SUITE.needs);
  const [missing] = services.missing;
  if (missing !== undefined) throw new Error(missing.reason);
  if (!build()) throw new Error('the application does not build');
  const tally = await runVitest(SUITE, { ...process.env, ...services.env, TEST_SDKS: names.join(',') });
  console.log(`\n${tally.notes.map((note) => `${note}\n`).join('')}`);
  console.log(`${tally.passed} passed, ${tally.failed} failed, ${tally.skipped} skipped`);
  return tally.failed === 0 && tally.passed > 0;
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
  process.exitCode = (await main(process.argv.slice(2))) ? 0 : 1;
} catch (error) {
  console.error((error as Error).message);
  process.exitCode = 1;
} finally {
  await stopAll();
}
