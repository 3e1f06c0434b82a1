import { spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeStoredMessage, NodeDisk, readLog } from '@app/spool';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../services/free-port.js';
import { canTrace, parseTrace, promiseViolations, STRACE } from './fixtures/system-calls.js';

const GATEWAY = [process.execPath, resolve('dist/src/main.js')];

let dataDir: string;
let port: number;
let server: ChildProcess | undefined;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'inlet-durability-'));
  port = await freePort();
});

afterEach(async () => {
  await stop('SIGKILL');
  rmSync(dataDir, { recursive: true });
});

async function start(options: { command?: readonly string[]; env?: NodeJS.ProcessEnv } = {}): Promise<void> {
  const [command = '', ...args] = [...(options.command ?? []), ...GATEWAY];
  const env = { PATH: process.env.PATH, OUTPUT: 'embedded', HOST: '127.0.0.1', DATA_DIR: dataDir, PORT: String(port), ...options.env };
  const started = spawn(command, args, { env, stdio: ['ignore', 'ignore', 'inherit'] });
  server = started;
  while (!(await isListening())) {
    if (started.exitCode !== null) throw new Error(`the gateway ended with exit code ${started.exitCode}`);
    await sleep(50);
  }
}

async function stop(signal: NodeJS.Signals): Promise<void> {
  const running = server;
  server = undefined;
  if (!running || running.exitCode !== null || running.signalCode !== null) return;
  running.kill(signal);
  await once(running, 'exit');
}

/** By connecting only: a probe's reply would be one more in the trace. */
function isListening(): Promise<boolean> {
  return new Promise((answer) => {
    const socket = connect(port, '127.0.0.1', () => answer(true)).on('error', () => answer(false));
    socket.on('connect', () => socket.destroy());
  });
}

/** @returns the event's uuid if it was acknowledged */
async function send(): Promise<string | undefined> {
  const uuid = randomUUID();
  const event = { token: 'phc_durability', uuid, event: 'durable', distinct_id: 'someone', properties: { filler: 'x'.repeat(800) } };
  const reply = await fetch(`http://127.0.0.1:${port}/i/v0/e`, { method: 'POST', body: JSON.stringify(event) });
  await reply.arrayBuffer();
  return reply.status === 200 ? uuid : undefined;
}

async function storedUuids(): Promise<string[]> {
  const uuids: string[] = [];
  for await (const { payload } of readLog(new NodeDisk(), join(dataDir, 'log')))
    uuids.push(decodeStoredMessage(payload).message.headers.uuid ?? '');
  return uuids;
}

describe.skipIf(!canTrace)('what the system calls say (needs strace)', () => {
  async function violationsOf(env: NodeJS.ProcessEnv): Promise<string[]> {
    const trace = join(dataDir, 'trace');
    await start({ command: [...STRACE, '-o', trace], env });
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push((await send()) ?? 'refused');
    await stop('SIGTERM');
    return promiseViolations(parseTrace(readFileSync(trace, 'utf8')), ids);
  }

  it('writes the reply only after fdatasync of the event’s segment has returned', async () => {
    expect(await violationsOf({})).toEqual([]);
  });

  it('is found wanting when fsync is off: the check can fail', async () => {
    const violations = await violationsOf({ EMBEDDED_LOG_FSYNC: 'false' });
    expect(violations).toHaveLength(5);
    expect(violations[0]).toContain('was not synced');
  });
});

describe('killed without warning', () => {
  it('has every acknowledged event exactly once after a restart', async () => {
    await start();
    const acknowledged: string[] = [];
    const killed = new AbortController();
    const sender = async () => {
      while (!killed.signal.aborted) {
        const uuid = await send().catch(() => undefined);
        if (uuid) acknowledged.push(uuid);
      }
    };
    const senders = Array.from({ length: 20 }, sender);
    while (acknowledged.length < 1_000) await sleep(5);
    await stop('SIGKILL');
    killed.abort();
    await Promise.all(senders);

    await start();
    const after = await send();
    await stop('SIGTERM');
    const counts = Map.groupBy(await storedUuids(), (uuid) => uuid);
    for (const uuid of [...acknowledged, after ?? 'refused']) expect(counts.get(uuid)).toHaveLength(1);
  });
});

describe('a machine that boots with a wrong clock', () => {
  it('keeps what it has stored when the clock is set: only time in which a gateway ran makes it old', async () => {
    const env = { EMBEDDED_LOG_RETENTION_HOURS: '24' };
    const NODE_OPTIONS = `--import ${resolve('test/acceptance/fixtures/skewed-clock.mjs')}`;
    await start({ env: { ...env, NODE_OPTIONS, SKEW_MS: String(-20 * 365 * 24 * 3_600_000) } });
    const acknowledged = [await send(), await send()];
    await stop('SIGTERM');
    await start({ env });
    acknowledged.push(await send());
    await stop('SIGTERM');
    expect(await storedUuids()).toEqual(acknowledged);
  });
});

describe('tail', () => {
  const command = [process.execPath, resolve('dist/src/commands/inlet.js'), 'tail'] as const;
  const [node, ...prefix] = command;
  const tail = (...argv: string[]) =>
    spawnSync(node, [...prefix, ...argv], { encoding: 'utf8', env: { ...process.env, DATA_DIR: dataDir } });

  it('prints what the gateway stored while the gateway runs, one JSON object a line', async () => {
    await start();
    const uuids: string[] = [];
    for (let i = 0; i < 3; i++) uuids.push((await send()) ?? 'refused');
    const { stdout, status } = tail('--token', 'phc_durability');
    const lines = stdout.trim().split('\n');
    const events = lines.map((line) => JSON.parse(line) as { seq: number; value: { uuid: string } });
    expect(events.map(({ value }) => value.uuid)).toEqual(uuids);
    expect(events.map(({ seq }) => seq)).toEqual([1, 2, 3]);
    expect(status).toBe(0);
  });

  it('follows new events and exits 0 when it is interrupted', async () => {
    await start();
    await send();
    const following = spawn(node, [...prefix, '--follow'], {
      env: { ...process.env, DATA_DIR: dataDir },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    following.stdout.on('data', (chunk: Buffer) => (printed += chunk.toString()));
    const hasLines = async (count: number) => {
      while (printed.split('\n').length <= count) await sleep(20);
    };
    await hasLines(1);
    const second = await send();
    await hasLines(2);
    expect(printed).toContain(second);
    following.kill('SIGINT');
    expect(await once(following, 'exit')).toEqual([0, null]);
  });

  it('ends quietly when its reader has had enough', async () => {
    await start();
    await Promise.all(Array.from({ length: 200 }, send));
    const shell = `"$0" "$@" | head -n 1; exit \${PIPESTATUS[0]}`;
    const { stdout, stderr, status } = spawnSync('bash', ['-c', shell, ...command, '--dir', dataDir], { encoding: 'utf8' });
    expect({ lines: stdout.trim().split('\n').length, stderr, status }).toEqual({ lines: 1, stderr: '', status: 0 });
  });

  it('refuses an unknown flag with a message and exit code 2', () => {
    const { stderr, status } = tail('--folow');
    expect(stderr).toContain('--folow is not an option of `inlet tail`; did you mean --follow?');
    expect(status).toBe(2);
  });

  it('says so when there is no log', () => {
    const { stderr, status } = tail();
    expect(stderr).toContain(`no embedded log in ${dataDir}`);
    expect(status).toBe(2);
  });
});
