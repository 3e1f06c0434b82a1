import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { startGateway, type Gateway } from '@app/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../services/free-port.ts';

const folder = mkdtempSync(join(tmpdir(), 'inlet-hung-disk-'));
const library = join(folder, 'hanging-disk.so');
const source = join(import.meta.dirname, 'fixtures/hanging-disk.c');
const canCompile = spawnSync('cc', ['-shared', '-fPIC', '-O1', '-o', library, source, '-ldl']).status === 0;

afterAll(() => rmSync(folder, { recursive: true, force: true }));

// Skipped (and counted as such) where there is no C compiler.
describe.skipIf(!canCompile)('a disk that does not answer when old events are read', () => {
  const [flag, most] = [join(folder, 'hangs'), join(folder, 'most')];
  const running: Gateway[] = [];
  let env: Record<string, string>;

  /** Nobody listens at its brokers' address: everything goes to the spool. */
  const start = async (more: Record<string, string> = {}) => {
    const gateway = await startGateway({ env: { ...env, ...more } });
    running.push(gateway);
    return gateway;
  };

  const send = (gateway: Gateway, bytes: number) => {
    const event = { token: 'phc_hung', event: 'e', distinct_id: 'someone', properties: { filler: 'x'.repeat(bytes) } };
    return fetch(`${gateway.url}/i/v0/e`, {
      method: 'POST',
      headers: { 'content-encoding': 'gzip' },
      body: gzipSync(JSON.stringify(event)),
      signal: AbortSignal.timeout(20_000),
    });
  };

  beforeAll(async () => {
    const SPOOL_DIR = join(folder, 'spool');
    env = { KAFKA_HOSTS: `127.0.0.1:${await freePort()}`, SPOOL_DIR, SPOOL_MAX_BYTES: String(16 << 20), REPLAY_THREAD: 'off' };
    // Two processes at a time leave two slots, each of more than one file.
    const dead = [await start(), await start()];
    for (const gateway of dead) for (let i = 0; i < 4; i++) expect((await send(gateway, 700_000)).status).toBe(200);
    for (const gateway of running.splice(0)) await gateway.stop('SIGKILL');
  });

  afterEach(async () => {
    rmSync(flag, { force: true });
    for (const gateway of running.splice(0)) await gateway.stop();
  });

  it('holds up neither compression nor what is stored, and is told', async () => {
    writeFileSync(flag, '');
    const ADMIN_PORT = String(await freePort());
    // The first file of each slot: it is read in the background, to count what waits and to look for damage.
    const gateway = await start({ LD_PRELOAD: library, HANG_WHILE: flag, HANG_PATH: '/0000000000000001-', HANG_MOST: most, ADMIN_PORT });
    const spool = async () => {
      const page = (await (await fetch(`http://127.0.0.1:${ADMIN_PORT}/_readiness`)).json()) as { info: { output: { spool: object } } };
      return page.info.output.spool;
    };
    await expect.poll(() => existsSync(most), { timeout: 10_000 }).toBe(true);
    const answer = await send(gateway, 700_000);
    expect([answer.status, answer.headers.get('inlet-ack')]).toEqual([200, 'spool']);
    await expect
      .poll(spool, { timeout: 20_000 })
      .toMatchObject({ counting: true, lastError: expect.stringContaining('the disk does not answer: read') });
    expect(Number(readFileSync(most, 'utf8'))).toBe(1);
    rmSync(flag);
    await expect.poll(spool, { timeout: 20_000 }).toMatchObject({ counting: false, events: 9 });
    expect(await spool()).not.toHaveProperty('lastError');
  });
});
