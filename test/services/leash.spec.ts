import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { startOnLeash } from './leash.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'inlet-leash-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** A service that says its process id in `pid` and then only waits. */
const service = (): [string, string[]] => ['/bin/sh', ['-c', `echo $$ > ${folder}/pid; exec sleep 600`]];

async function servicePid(): Promise<number> {
  for (;;) {
    const pid = Number(await readFile(join(folder, 'pid'), 'utf8').catch(() => ''));
    if (pid > 0) return pid;
    await sleep(10);
  }
}

async function untilGone(pid: number): Promise<void> {
  for (;;) {
    try {
      process.kill(pid, 0);
    } catch {
      return;
    }
    await sleep(10);
  }
}

describe('a service on a leash', () => {
  it('is gone when stop resolves', async () => {
    const leashed = startOnLeash(...service(), { log: join(folder, 'log') });
    const pid = await servicePid();
    await leashed.stop();
    expect(() => process.kill(pid, 0)).toThrow('ESRCH');
  });

  it('dies with its owner, even when that is killed outright', async () => {
    const script = join(folder, 'owner.mjs');
    const leash = JSON.stringify(join(import.meta.dirname, 'leash.ts'));
    await writeFile(
      script,
      `import { startOnLeash } from ${leash};\nstartOnLeash(...${JSON.stringify(service())}, { log: ${JSON.stringify(`${folder}/log`)} });`,
    );
    const owner = spawn(process.execPath, [script], { stdio: 'inherit' });
    const pid = await servicePid();
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    await untilGone(pid);
  });

  it('says so when it ends by itself', async () => {
    const leashed = startOnLeash('/bin/sh', ['-c', 'exit 3'], { log: join(folder, 'log') });
    await expect(leashed.ended).rejects.toThrow('ended by itself (exit code 3)');
  });
});
