// Runs the suites with the services they need, and counts. Started by scripts/test.mjs.
import { globSync } from 'node:fs';
import { join } from 'node:path';
import { startServices, type Services } from '../test/services/start-services.ts';
import { build } from './build.ts';
import { SUITES, type Suite } from './suites.ts';
import { NOTHING, plus, skippedSuite, type Tally } from './tally.ts';
import { runVitest, stopVitest } from './vitest.ts';

const ROOT = join(import.meta.dirname, '..');
let services: Services | undefined;
let isStopping = false;

async function main(names: readonly string[]): Promise<boolean> {
  const unknown = names.filter((name) => !SUITES.some((suite) => suite.name === name));
  if (unknown.length > 0) throw new Error(`no such suite: ${unknown.join(', ')}; there are ${SUITES.map(({ name }) => name).join(', ')}`);
  const chosen = SUITES.filter(({ name }) => names.length === 0 || names.includes(name));
  let total = NOTHING;
  for (const suite of chosen) {
    if (isStopping) break;
    console.log(`\n=== ${suite.name}`);
    total = plus(total, await runSuite(suite));
  }
  console.log(`\n${total.notes.map((note) => `${note}\n`).join('')}`);
  console.log(`${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`);
  return total.failed === 0 && total.passed > 0;
}

async function runSuite(suite: Suite): Promise<Tally> {
  if (globSync(`test/${suite.name}/**/*.spec.ts`, { cwd: ROOT }).length === 0 && suite.name !== 'unit') {
    return skippedSuite(suite.name, 'it has no specs yet');
  }
  const wanted = [...new Set([...suite.needs, ...suite.uses])];
  if (wanted.length > 0) services ??= await startServices();
  const missing = (services?.missing ?? []).filter(({ name }) => wanted.includes(name));
  const vital = missing.find(({ name }) => suite.needs.includes(name));
  if (vital) return skippedSuite(suite.name, vital.reason);
  if (suite.needsBuild && !build()) return { ...NOTHING, failed: 1, notes: [`FAILED ${suite.name}: the application does not build`] };

  const begin = performance.now();
  const tally = await runVitest(suite, { ...process.env, ...services?.env });
  console.log(`=== ${suite.name} took ${((performance.now() - begin) / 1000).toFixed(0)} s of its ${suite.minutes * 60}`);
  return missing.reduce((sum, { name, reason }) => plus(sum, skippedSuite(`${suite.name} (${name})`, reason)), tally);
}

async function stopAll(): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  stopVitest();
  await services?.stop();
}

for (const [signal, code] of [
  ['SIGINT', 130],
  ['SIGTERM', 143],
  ['SIGHUP', 129],
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
