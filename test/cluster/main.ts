// Prepares, then runs the specs in namespaces of their own, and tidies up. Started by scripts/test-cluster.mjs.
import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, globSync, mkdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { isCI } from '../../scripts/allowed-skip.ts';
import { MissingService } from '../services/commands.ts';
import { prepare } from './prepare.ts';

const ROOT = join(import.meta.dirname, '../..');
/** What a kubelet sets for the whole machine. */
const KERNEL_SETTINGS = ['vm/overcommit_memory', 'kernel/panic', 'kernel/panic_on_oops'].map((name) => `/proc/sys/${name}`);
/** Networks, mounts and processes that nobody outside sees; killed with us. */
const NAMESPACES = ['--net', '--mount', '--pid', '--fork', '--mount-proc', '--kill-child'];

let running: ChildProcess | undefined;

async function main(): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'inlet-cluster-'));
  try {
    return await runSpecs(folder, await prepare(folder));
  } finally {
    if (process.env.TEST_CLUSTER_KEEP === undefined) rmSync(folder, { recursive: true, force: true });
    else console.log(`cluster: logs are kept in ${folder}`);
  }
}

async function runSpecs(folder: string, env: Readonly<Record<string, string>>): Promise<number> {
  const settings = KERNEL_SETTINGS.map((file) => [file, readFileSync(file, 'utf8')] as const);
  const hadKubelet = existsSync('/var/lib/kubelet');
  mkdirSync('/var/lib/kubelet', { recursive: true });
  mkdirSync(join(folder, 'tmp'));
  const vitest = [process.execPath, 'node_modules/vitest/vitest.mjs', 'run', '--project', 'cluster', ...process.argv.slice(2)];
  try {
    running = spawn('unshare', [...NAMESPACES, 'sh', join(import.meta.dirname, 'own-namespaces.sh'), folder, ...vitest], {
      cwd: ROOT,
      stdio: ['ignore', 'inherit', 'inherit'],
      env: { ...process.env, ...env, TMPDIR: join(folder, 'tmp') },
    });
    return await new Promise((resolve, reject) => {
      running?.once('error', reject);
      running?.once('exit', (code) => resolve(code ?? 1));
    });
  } finally {
    for (const [file, value] of settings) writeFileSync(file, value);
    if (!hadKubelet) rmdirSync('/var/lib/kubelet');
    for (let tries = 0; tries < 50 && !removeControlGroups(); tries++) await sleep(100);
  }
}

/** Those of pods, the innermost first; one can be removed when its processes are gone. @returns none is left */
function removeControlGroups(): boolean {
  const groups = globSync('/sys/fs/cgroup/{*/,}kubepods{,/**/}').map((path) => path.replace(/\/$/, ''));
  let isClean = true;
  for (const group of groups.toSorted((a, b) => b.length - a.length)) {
    try {
      rmdirSync(group);
    } catch (error) {
      isClean &&= ['ENOENT', 'ENOTDIR'].includes((error as NodeJS.ErrnoException).code ?? '');
    }
  }
  return isClean;
}

for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, () => running?.kill('SIGKILL'));

try {
  process.exitCode = await main();
} catch (error) {
  const isSkipped = error instanceof MissingService && !isCI();
  console.log(`${isSkipped ? 'SKIPPED' : 'FAILED'} test:cluster: ${(error as Error).message}`);
  process.exitCode = isSkipped ? 0 : 1;
}
