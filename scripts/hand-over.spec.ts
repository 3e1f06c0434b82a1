import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';

const handOver = JSON.stringify(join(import.meta.dirname, 'hand-over.mjs'));

/** Runs `code` behind a process that has handed over to it. */
function behind(code: string) {
  const script = `import { handOver } from ${handOver}; handOver(process.execPath, ['-e', ${JSON.stringify(code)}], {});`;
  return spawn(process.execPath, ['--input-type=module', '-e', script], { stdio: ['ignore', 'pipe', 'inherit'] });
}

describe('handing over', () => {
  it('ends with the exit code of the command', async () => {
    expect(await once(behind('process.exit(7)'), 'exit')).toEqual([7, null]);
  });

  it('ends by the signal that ended the command', async () => {
    expect(await once(behind("process.kill(process.pid, 'SIGKILL')"), 'exit')).toEqual([null, 'SIGKILL']);
  });

  it.each(['SIGTERM', 'SIGINT'] as const)('passes %s on and lets the command end in its own way', async (signal) => {
    const child = behind(
      `process.on('${signal}', () => setTimeout(() => process.exit(5), 50)); setInterval(() => {}, 1000); console.log('up')`,
    );
    await once(child.stdout, 'data');
    child.kill(signal);
    expect(await once(child, 'exit')).toEqual([5, null]);
  });

  it('passes a doubled Ctrl-C on once', async () => {
    const code = `let n = 0; process.on('SIGINT', () => { n++; setTimeout(() => process.exit(n), 100); }); setInterval(() => {}, 1000); console.log('up')`;
    const child = behind(code);
    await once(child.stdout, 'data');
    child.kill('SIGINT');
    await new Promise((resolve) => setTimeout(resolve, 20));
    child.kill('SIGINT');
    expect(await once(child, 'exit')).toEqual([1, null]);
  });
});
