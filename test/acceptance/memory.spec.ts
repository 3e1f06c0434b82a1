import { execFileSync, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { accessSync, constants, existsSync, mkdirSync, mkdtempSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { startGateway, type Gateway } from '@app/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../services/free-port.ts';

const commandOf = (pid: number) => execFileSync('ps', ['-ww', '-o', 'args=', '-p', String(pid)], { encoding: 'utf8' });

describe('a gateway that is started without a word about memory', () => {
  let gateway: Gateway | undefined;
  afterEach(() => gateway?.stop('SIGKILL'));

  it('has a heap with bounds, under the process id it was started with', async () => {
    gateway = await startGateway();
    expect(commandOf(gateway.pid)).toMatch(/--max-semi-space-size=\d+ --max-old-space-size=\d+ --heap-growing-percent=100 /);
    expect(gateway.logs()).toMatch(/memory: +a heap of \d+ MiB at most/);
    expect(await gateway.stop()).toBe(0);
  });

  it('leaves alone what NODE_OPTIONS says', async () => {
    gateway = await startGateway({ env: { NODE_OPTIONS: '--max-old-space-size=300' } });
    expect(commandOf(gateway.pid)).not.toContain('--max-old-space-size');
    // With three semi-spaces.
    expect(gateway.logs()).toContain('a heap of 396 MiB at most');
  });
});

/** A memory cgroup of either version that we may make others in. */
function cgroups(): { folder: string; limit: string } | undefined {
  const versions = [
    { folder: '/sys/fs/cgroup/memory', limit: 'memory.limit_in_bytes' },
    { folder: '/sys/fs/cgroup', limit: 'memory.max' },
  ];
  const found = versions.find(({ folder }) => existsSync(join(folder, 'cgroup.procs')));
  try {
    if (found !== undefined) accessSync(found.folder, constants.W_OK);
    return found;
  } catch {
    return undefined;
  }
}

const control = cgroups();

describe.skipIf(control === undefined)('in a container that may use 512 MiB (needs a writable cgroup)', () => {
  const group = join(control?.folder ?? '', `inlet-test-${process.pid}`);
  let server: ChildProcess;
  let dataDir: string;

  beforeEach(() => {
    mkdirSync(group);
    writeFileSync(join(group, control!.limit), String(512 * 2 ** 20));
    dataDir = mkdtempSync(join(tmpdir(), 'inlet-memory-'));
  });
  afterEach(async () => {
    const ended = once(server, 'exit');
    if (server.exitCode === null && server.kill('SIGTERM')) await ended;
    rmSync(dataDir, { recursive: true });
    // The kernel may take a moment to let a dead process go.
    await expect.poll(() => (rmdirSync(group), existsSync(group)), { timeout: 10_000 }).toBe(false);
  });

  /** @returns what it has printed once it serves */
  async function start(env: Record<string, string>): Promise<string> {
    const enter = 'echo $$ > "$0/cgroup.procs" && exec "$@"';
    const command = ['-c', enter, group, process.execPath, resolve('dist/src/main.js')];
    const own = { PATH: process.env.PATH, HOST: '127.0.0.1', PORT: String(await freePort()), DATA_DIR: dataDir, LOG_LEVEL: 'silent' };
    server = spawn('sh', command, { env: { ...own, ...env }, stdio: ['ignore', 'pipe', 'inherit'] });
    let printed = '';
    server.stdout!.setEncoding('utf8').on('data', (text: string) => (printed += text));
    await expect.poll(() => printed, { timeout: 30_000 }).toContain('memory:');
    return printed;
  }

  it('plans for three quarters of it', async () => {
    expect(await start({})).toContain('a heap of 384 MiB at most, in a container that may use 512 MiB');
    expect(commandOf(server.pid!)).toContain('--max-semi-space-size=16 --max-old-space-size=336');
  });

  it('divides it among workers, who get their flags from their primary', async () => {
    const printed = await start({ WORKERS: '2', KAFKA_HOSTS: '127.0.0.1:1' });
    expect(printed).toMatch(/a heap of 12\d MiB at most for each worker, in a container that may use 512 MiB/);
    const workers = execFileSync('ps', ['-ww', '-o', 'args=', '--ppid', String(server.pid)], { encoding: 'utf8' })
      .trim()
      .split('\n');
    expect(workers.filter((line) => /--max-semi-space-size=8 --max-old-space-size=1\d\d .*worker-main/.test(line))).toHaveLength(2);
  });
});
