import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Suite } from './suites.ts';
import { tallyOf, type Report, type Tally } from './tally.ts';

const ROOT = join(import.meta.dirname, '..');
const VITEST = join(ROOT, 'node_modules/vitest/vitest.mjs');
let running: ChildProcess | undefined;

/** Runs one Vitest project and counts by its JSON report; its own output goes to the terminal as it comes. */
export async function runVitest(suite: Suite, env: NodeJS.ProcessEnv): Promise<Tally> {
  const folder = await mkdtemp(join(tmpdir(), 'inlet-tests-'));
  const reportFile = join(folder, 'report.json');
  try {
    const args = [
      'run',
      '--project',
      suite.name,
      '--reporter=default',
      '--reporter=./scripts/skip-reporter.ts',
      '--reporter=json',
      `--outputFile.json=${reportFile}`,
    ];
    const status = await runNode([VITEST, ...args], env, suite.minutes * 5);
    const report = await readFile(reportFile, 'utf8').then(
      (text) => JSON.parse(text) as Report,
      () => undefined,
    );
    return tallyOf(suite.name, report, status === 0);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Ends the run under way, and with it every process that the tests have started in its group. */
export function stopVitest(): void {
  if (running?.pid === undefined || running.exitCode !== null) return;
  try {
    process.kill(-running.pid, 'SIGKILL');
  } catch {
    // It has just ended by itself.
  }
}

function runNode(args: readonly string[], env: NodeJS.ProcessEnv, minutes: number): Promise<number | null> {
  return new Promise((resolve) => {
    const child = spawn(process.execPath, args, { cwd: ROOT, env, stdio: ['ignore', 'inherit', 'inherit'], detached: true });
    running = child;
    const timer = setTimeout(() => {
      console.log(`ended after ${minutes} minutes without an end in sight`);
      stopVitest();
    }, minutes * 60_000);
    child.once('exit', (code) => {
      clearTimeout(timer);
      resolve(code);
    });
  });
}
