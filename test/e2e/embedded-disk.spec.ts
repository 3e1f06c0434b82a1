import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { NodeDisk, type DiskFile } from '@app/spool';
import { afterEach, beforeEach, expect, it } from 'vitest';
import { createGateway } from '../../src/create-gateway.js';
import { anEventBody } from './gateway.js';

/** Takes nothing while it is broken. */
class BreakableDisk extends NodeDisk {
  isBroken = false;

  override async create(path: string): Promise<DiskFile> {
    if (this.isBroken) throw Object.assign(new Error('EIO: i/o error, open'), { code: 'EIO' });
    const file = await super.create(path);
    const failing = () => Promise.reject(Object.assign(new Error('EIO: i/o error, write'), { code: 'EIO' }));
    return {
      write: (bytes, position) => (this.isBroken ? failing() : file.write(bytes, position)),
      sync: () => file.sync(),
      read: (target, position) => file.read(target, position),
      stat: () => file.stat(),
      close: () => file.close(),
    };
  }
}

let dataDir: string;
let disk: BreakableDisk;
let app: NestFastifyApplication;

beforeEach(() => {
  dataDir = mkdtempSync(join(tmpdir(), 'inlet-embedded-disk-'));
  disk = new BreakableDisk();
});

async function boot(env: Record<string, string> = {}): Promise<void> {
  app = await createGateway({ LOG_LEVEL: 'silent', OUTPUT: 'embedded', DATA_DIR: dataDir, ...env }, { disk });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
}

afterEach(async () => {
  await app.close();
  rmSync(dataDir, { recursive: true });
});

const post = (body: object) => app.inject({ method: 'POST', url: '/i/v0/e', payload: JSON.stringify(body) });
const send = async () => (await post(anEventBody())).statusCode;
const readiness = async () => (await app.inject({ method: 'GET', url: '/readyz' })).statusCode;

it('is not ready while the disk of its log fails, and ready again without a request when the disk is well', async () => {
  await boot();
  expect([await send(), await readiness()]).toEqual([200, 200]);
  disk.isBroken = true;
  expect([await send(), await readiness()]).toEqual([503, 503]);
  disk.isBroken = false;
  await expect.poll(readiness, { timeout: 20_000, interval: 100 }).toBe(200);
  expect(await send()).toBe(200);
});

it('answers 503 with the variable and the way out when its log is full, stays ready, says so, and deletes nothing', async () => {
  await boot({ EMBEDDED_LOG_MAX_BYTES: String(2 * 1024 * 1024) });
  const large = anEventBody({ properties: { filler: 'x'.repeat(700_000) } });
  const answers = [];
  for (let i = 0; i < 4; i++) answers.push(await post(large));
  expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 503, 503]);
  const { body, headers } = answers[3];
  expect(body).toContain('EMBEDDED_LOG_MAX_BYTES');
  expect(body).toContain('EMBEDDED_LOG_FULL=delete_oldest');
  expect(headers['retry-after']).toBeDefined();
  const ready = await app.inject({ method: 'GET', url: '/readyz' });
  expect([ready.statusCode, ready.body]).toEqual([200, expect.stringContaining('the embedded log is full')]);
  const metrics = (await app.inject({ method: 'GET', url: '/metrics' })).body;
  expect(metrics).toContain('capture_log_bytes_limit 2097152');
  expect(metrics).toMatch(/^capture_log_bytes 140\d{4}$/m);
  expect(metrics).not.toMatch(/^capture_log_expired_events_total\{/m);
  // What is small still fits.
  expect(await send()).toBe(200);
});
