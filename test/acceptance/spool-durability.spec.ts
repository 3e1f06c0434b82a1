import { spawn, type ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { decodeSpooled, NodeDisk, readLog } from '@app/spool';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../services/free-port.ts';
import { canTrace, parseTrace, promiseViolations, STRACE } from './fixtures/system-calls.ts';

const GATEWAY = [process.execPath, resolve('dist/src/main.js')];

let dataDir: string;
let port: number;
let server: ChildProcess | undefined;

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'inlet-spool-'));
  port = await freePort();
});

afterEach(async () => {
  await stop('SIGKILL');
  rmSync(dataDir, { recursive: true });
});

/** Nobody listens at its brokers' address: everything goes to the spool. */
async function start(command: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<void> {
  const [program = '', ...args] = [...command, ...GATEWAY];
  const settings = { PATH: process.env.PATH, KAFKA_HOSTS: `127.0.0.1:${await freePort()}`, HOST: '127.0.0.1', DATA_DIR: dataDir };
  server = spawn(program, args, { env: { ...settings, PORT: String(port), ...env }, stdio: 'ignore' });
  while (!(await isListening())) await sleep(50);
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

/** @returns the event's uuid if it was acknowledged as spooled */
async function send(): Promise<string | undefined> {
  const uuid = randomUUID();
  const event = { token: 'phc_durability', uuid, event: 'durable', distinct_id: 'someone', properties: { filler: 'x'.repeat(300) } };
  const reply = await fetch(`http://127.0.0.1:${port}/i/v0/e`, { method: 'POST', body: JSON.stringify(event) });
  await reply.arrayBuffer();
  return reply.headers.get('inlet-ack') === 'spool' ? uuid : undefined;
}

async function spooledUuids(): Promise<string[]> {
  const uuids: string[] = [];
  for await (const { payload } of readLog(new NodeDisk(), join(dataDir, 'spool', 'slot-0')))
    uuids.push(String(decodeSpooled(payload).message.headers.uuid));
  return uuids;
}

describe.skipIf(!canTrace)('what the system calls say of the spool (needs strace)', () => {
  async function violationsOf(env: NodeJS.ProcessEnv): Promise<string[]> {
    const trace = join(dataDir, 'trace');
    await start([...STRACE, '-o', trace], env);
    const ids: string[] = [];
    for (let i = 0; i < 5; i++) ids.push((await send()) ?? 'refused');
    await stop('SIGTERM');
    return promiseViolations(parseTrace(readFileSync(trace, 'utf8')), ids);
  }

  it('writes the reply only after fdatasync of the event’s segment has returned', async () => {
    expect(await violationsOf({})).toEqual([]);
  });

  it('is found wanting when fsync is off: the check can fail', async () => {
    expect(await violationsOf({ SPOOL_FSYNC: 'false' })).toHaveLength(5);
  });
});

describe('killed without warning while no broker is there', () => {
  it('has every acknowledged event in the spool, once', async () => {
    await start();
    const acknowledged: string[] = [];
    const killed = new AbortController();
    const sender = async () => {
      while (!killed.signal.aborted) {
        const uuid = await send().catch(() => undefined);
        if (uuid) acknowledged.push(uuid);
      }
    };
    const senders = Array.from({ length: 10 }, sender);
    while (acknowledged.length < 300) await sleep(5);
    await stop('SIGKILL');
    killed.abort();
    await Promise.all(senders);
    const counts = Map.groupBy(await spooledUuids(), (uuid) => uuid);
    expect(acknowledged.filter((uuid) => counts.get(uuid)?.length !== 1)).toEqual([]);
  });
});
