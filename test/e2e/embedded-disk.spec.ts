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

beforeEach(async () => {
  dataDir = mkdtempSync(join(tmpdir(), 'inlet-embedded-disk-'));
  disk = new BreakableDisk();
  app = await createGateway({ LOG_LEVEL: 'silent', OUTPUT: 'embedded', DATA_DIR: dataDir }, { disk });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
});

afterEach(async () => {
  await app.close();
  rmSync(dataDir, { recursive: true });
});

const send = async () => (await app.inject({ method: 'POST', url: '/i/v0/e', payload: JSON.stringify(anEventBody()) })).statusCode;
const readiness = async () => (await app.inject({ method: 'GET', url: '/readyz' })).statusCode;

it('is not ready while the disk of its log fails, and ready again without a request when the disk is well', async () => {
  expect([await send(), await readiness()]).toEqual([200, 200]);
  disk.isBroken = true;
  expect([await send(), await readiness()]).toEqual([503, 503]);
  disk.isBroken = false;
  await expect.poll(readiness, { timeout: 20_000, interval: 100 }).toBe(200);
  expect(await send()).toBe(200);
});
