import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { startGateway, type Gateway } from '@app/testing';
import { afterEach, describe, expect, it } from 'vitest';
import { freePort } from '../services/free-port.ts';

const NODE_OPTIONS = `--import=${join(import.meta.dirname, 'fixtures/block-loop.mjs')}`;
const PATIENT = { timeout: 30_000, interval: 200 };

let gateway: Gateway | undefined;
afterEach(async () => {
  await gateway?.stop('SIGKILL');
  gateway = undefined;
});

describe('a gateway whose event loop hardly turns', () => {
  /** Its liveness, again and again, from the block on. */
  async function blocked(patienceMs: number): Promise<() => Promise<[number, unknown]>> {
    const env = { NODE_OPTIONS, BLOCK_MS: '300', LIVENESS_LOOP_DELAY_MS: '150', LIVENESS_LOOP_PATIENCE_MS: String(patienceMs) };
    gateway = await startGateway({ env });
    const { url, pid } = gateway;
    const liveness = async (): Promise<[number, unknown]> => {
      const answer = await fetch(`${url}/livez`);
      return [answer.status, await answer.json()];
    };
    expect((await liveness())[0]).toBe(200);
    process.kill(pid, 'SIGUSR2');
    return liveness;
  }

  it('says so: it still answers its probes, and would pass for ever', async () => {
    const liveness = await blocked(2400);
    await expect.poll(async () => (await liveness())[0], PATIENT).toBe(503);
    const [, body] = await liveness();
    expect(body).toMatchObject({ error: { process: { reason: 'the event loop is blocked', longestTurnMs: expect.any(Number) } } });
    // What its pod alone cannot help is no reason to take it out.
    expect((await fetch(`${gateway!.url}/readyz`)).status).toBe(200);
  });

  it('says nothing without patience to lose', async () => {
    const liveness = await blocked(0);
    await sleep(5000);
    expect((await liveness())[0]).toBe(200);
  });
});

describe('one of two workers', () => {
  let admin: string;

  async function open(patienceMs: string): Promise<{ pid: number }[]> {
    const adminPort = await freePort();
    admin = `http://127.0.0.1:${adminPort}`;
    const hosts = `127.0.0.1:${await freePort()}`;
    const env = { WORKERS: '2', KAFKA_HOSTS: hosts, ADMIN_PORT: String(adminPort), LIVENESS_LOOP_PATIENCE_MS: patienceMs, NODE_OPTIONS };
    gateway = await startGateway({ env });
    await expect.poll(async () => (await fetch(`${admin}/startupz`)).status, PATIENT).toBe(200);
    return ((await (await fetch(`${admin}/readyz`)).json()) as { workers: { pid: number }[] }).workers;
  }

  async function restarts(): Promise<number> {
    const text = await (await fetch(`${admin}/metrics`)).text();
    const lines = text.split('\n').filter((line) => line.startsWith('capture_worker_restarts_total{'));
    return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
  }

  it('whose event loop stops is replaced', async () => {
    const [{ pid }] = await open('3000');
    process.kill(pid, 'SIGUSR2');
    await expect.poll(restarts, PATIENT).toBe(1);
    expect(gateway!.logs()).toContain(`(pid ${pid}) says nothing for 3 s: it is replaced`);
    await expect
      .poll(async () => ((await (await fetch(`${admin}/readyz`)).json()) as { workers: { state: string }[] }).workers, PATIENT)
      .toEqual([expect.objectContaining({ state: 'up', restarts: 1 }), expect.objectContaining({ state: 'up', restarts: 0 })]);
  });

  it('that was stopped by somebody is waited for, and serves on', async () => {
    const [{ pid }] = await open('3000');
    process.kill(pid, 'SIGSTOP');
    await sleep(6000);
    process.kill(pid, 'SIGCONT');
    await sleep(2500);
    expect(await restarts()).toBe(0);
    expect(gateway!.logs()).not.toContain('it is replaced');
  });

  it('is left alone without patience to lose', async () => {
    const [{ pid }] = await open('0');
    process.kill(pid, 'SIGUSR2');
    await sleep(6000);
    expect(await restarts()).toBe(0);
    // It would not see that its primary is gone, and turn for ever.
    process.kill(pid, 'SIGKILL');
  });
});
