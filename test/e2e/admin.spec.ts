import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { AdminListener } from '@app/admin';
import { anEventBody, openGateway, post, type Gateway } from './gateway.js';

const TOKEN = 'a_secret_of_sixteen';

describe('the admin listener', () => {
  let gateway: Gateway;
  afterEach(() => gateway.close());

  const url = () => gateway.app.get(AdminListener, { strict: false }).url;
  const get = (path: string, headers: Record<string, string> = {}) => fetch(`${url()}${path}`, { headers });

  it('is off unless it is asked for', async () => {
    gateway = await openGateway();
    expect(url()).toBeUndefined();
    const answer = await gateway.send({ method: 'GET', url: '/_projects', headers: {}, body: undefined });
    expect(answer.status).toBe(404);
  });

  it('shows what a project is set to, and how old the source is', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'inlet-projects-'));
    const file = join(folder, 'projects.yaml');
    writeFileSync(file, 'projects:\n  - { token: phc_e2e, ip: truncate, dnt: drop }\n');
    gateway = await openGateway({ ADMIN_PORT: '0', PROJECT_SOURCE: 'file', PROJECTS_FILE: file });
    const project = await (await get('/_projects/phc_e2e')).json();
    expect(project).toMatchObject({
      token: 'phc_e2e',
      project: {
        state: 'enabled',
        settings: { ip: 'truncate', dnt: 'drop' },
        source: { source: 'file', projects: 1, ageSeconds: expect.any(Number) },
      },
    });
    expect(await (await get('/_projects/phc_other')).json()).toMatchObject({ project: { state: 'unknown' } });
    rmSync(folder, { recursive: true });
  });

  it('serves the same metrics and health as the public port', async () => {
    gateway = await openGateway({ ADMIN_PORT: '0' });
    await gateway.send(post('/e/', anEventBody()));
    expect(await (await get('/metrics')).text()).toContain('capture_events_received_total');
    expect(await (await get('/_readiness')).json()).toMatchObject({ status: 'ok' });
    expect((await get('/e/')).status).toBe(404);
  });

  it('wants the secret where one is set', async () => {
    gateway = await openGateway({ ADMIN_PORT: '0', ADMIN_TOKEN: TOKEN });
    expect((await get('/_projects')).status).toBe(401);
    expect((await get('/_projects', { authorization: `Bearer ${TOKEN}` })).status).toBe(200);
  });

  it('does not listen to the world without a secret', async () => {
    await expect(openGateway({ ADMIN_PORT: '0', ADMIN_HOST: '0.0.0.0' })).rejects.toThrow(/ADMIN_TOKEN.*loopback/);
    gateway = await openGateway();
  });
});
