import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { AdminListener } from '@app/admin';
import { ManualClock } from '@app/testing';
import { createGateway } from '../../src/create-gateway.js';
import { STARTUP_PATIENCE_MS } from '../../src/health/startup.js';
import { anEventBody, openGateway, post, type Gateway } from './gateway.js';

describe('what operators and strangers see', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await openGateway();
  });
  afterAll(() => gateway.close());

  const get = (url: string) => gateway.app.inject({ method: 'GET', url });

  it.each([
    ['/startupz', '/_startup'],
    ['/livez', '/_liveness'],
    ['/readyz', '/_readiness'],
  ])('%s answers as %s does', async (alias, path) => {
    const [one, other] = [await get(alias), await get(path)];
    expect([one.statusCode, one.json()]).toEqual([200, other.json()]);
  });

  it('says that it serves', async () => {
    expect((await get('/readyz')).json()).toMatchObject({ status: 'ok', info: { service: { status: 'up', state: 'serving' } } });
  });

  it.each(['/_startup', '/_readiness'])('says at %s how its parts are, and nothing of where they are', async (url) => {
    const { info, details } = (await get(url)).json();
    expect([info.output, info.sources, details.output, details.sources]).toEqual(Array.from({ length: 4 }, () => ({ status: 'up' })));
  });

  it.each(['/metrics', '/_startup', '/livez', '/readyz'])('lets no page of another site read %s', async (url) => {
    for (const method of ['GET', 'OPTIONS'] as const) {
      const headers = { origin: 'https://a.example', 'access-control-request-method': 'GET' };
      const answer = await gateway.app.inject({ method, url, headers });
      expect(Object.keys(answer.headers).filter((name) => name.startsWith('access-control'))).toEqual([]);
    }
  });

  it.each([
    ['an accepted event', post('/e/', anEventBody())],
    ['a refused one', post('/e/', '{"token":"<script>"')],
    ['a route that is not there', post('/nothing', '')],
    [
      'a preflight',
      { method: 'OPTIONS', url: '/e/', headers: { origin: 'https://a.example', 'access-control-request-method': 'POST' }, body: undefined },
    ],
    ['a probe', { method: 'GET', url: '/livez', headers: {}, body: undefined }],
    ['metrics', { method: 'GET', url: '/metrics', headers: {}, body: undefined }],
  ])('answers %s without naming the server, and not to be taken for a page', async (_name, request) => {
    const { headers } = await gateway.send(request);
    expect(headers['x-content-type-options']).toBe('nosniff');
    expect([headers.server, headers['x-powered-by']]).toEqual([undefined, undefined]);
    expect(headers['content-type'] ?? '').not.toContain('text/html');
  });
});

describe('a gateway whose brokers are away', () => {
  const folder = mkdtempSync(join(tmpdir(), 'inlet-degraded-'));
  let app: NestFastifyApplication;
  afterAll(async () => {
    await app.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const clock = new ManualClock();
  const env = {
    KAFKA_HOSTS: '127.0.0.1:1',
    DATA_DIR: folder,
    LOG_LEVEL: 'silent',
    PROJECT_SOURCE: 'file',
    PROJECTS_FILE: '/nowhere.yaml',
    ADMIN_PORT: '0',
  };

  it('is ready, and says of each component what is wrong', async () => {
    app = await createGateway(env, { clock });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
    const reply = await app.inject('/_readiness');
    expect([reply.statusCode, reply.json().info.service]).toEqual([
      200,
      { status: 'up', state: 'degraded', because: ['no broker answers', 'projects cannot be read (ENOENT): 0 stay as they were'] },
    ]);
    expect(reply.body).not.toMatch(/127\.0\.0\.1|inlet-degraded|nowhere/);
  });

  it('shows operators where its parts are', async () => {
    const { url } = app.get(AdminListener);
    const detail = (await (await fetch(`${url}/_readiness`)).json()) as { details: object };
    expect(detail.details).toMatchObject({
      output: { kafka: { reachable: false }, spool: { isOpen: true, directory: join(folder, 'spool') } },
      sources: { status: 'up', projects: { source: 'file', projects: 0, secondsOld: null, failure: 'ENOENT' }, limits: [] },
    });
  });

  it('waits for them when it starts, but not for long', async () => {
    const reply = await app.inject('/_startup');
    expect([reply.statusCode, reply.json().error]).toEqual([503, { startup: { status: 'down', waitsFor: ['brokers'] } }]);
    clock.advance(STARTUP_PATIENCE_MS);
    expect((await app.inject('/_startup')).statusCode).toBe(200);
  });
});
