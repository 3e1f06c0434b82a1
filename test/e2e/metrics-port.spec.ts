import { AdminListener } from '@app/admin';
import { MetricsListener } from '@app/metrics';
import { afterEach, describe, expect, it } from 'vitest';
import { openGateway, type Gateway } from './gateway.js';

describe('/metrics', () => {
  let gateway: Gateway;
  afterEach(() => gateway.close());

  const own = () => gateway.app.get(MetricsListener).url;
  const admin = () => gateway.app.get(AdminListener, { strict: false }).url;
  const statusOf = async (url: string, headers: Record<string, string> = {}) => (await fetch(url, { headers })).status;
  const publicStatus = async () => (await gateway.app.inject('/metrics')).statusCode;

  it('is on the public listener unless it is told otherwise', async () => {
    gateway = await openGateway();
    const page = await gateway.app.inject('/metrics');
    expect([page.statusCode, page.headers['content-type'], own()]).toEqual([200, expect.stringContaining('version=0.0.4'), undefined]);
    expect(page.body).toContain('capture_events_received_total');
  });

  it('has a listener of its own, with nothing else and no secret', async () => {
    gateway = await openGateway({ METRICS_PORT: '0', HOST: '127.0.0.1' });
    const page = await fetch(own()!);
    expect([page.status, page.headers.get('access-control-allow-origin'), await page.text()]).toEqual([
      200,
      null,
      expect.stringContaining('capture_events_received_total'),
    ]);
    const others = ['/', '/_readiness', '/_projects', '/e/'].map((path) => statusOf(own()!.replace('/metrics', path)));
    expect(await Promise.all(others)).toEqual([404, 404, 404, 404]);
    expect((await fetch(own()!, { method: 'POST' })).status).toBe(405);
    expect(await publicStatus()).toBe(404);
  });

  it('is on the admin listener alone, with its secret', async () => {
    gateway = await openGateway({ METRICS_PORT: 'admin', ADMIN_PORT: '0', ADMIN_TOKEN: 'a_secret_of_sixteen' });
    expect(await publicStatus()).toBe(404);
    expect(await statusOf(`${admin()}/metrics`)).toBe(401);
    expect(await statusOf(`${admin()}/metrics`, { authorization: 'Bearer a_secret_of_sixteen' })).toBe(200);
  });

  it('is still on the admin listener with EXPORT_PROMETHEUS=false', async () => {
    gateway = await openGateway({ EXPORT_PROMETHEUS: 'false', METRICS_PORT: '0', ADMIN_PORT: '0' });
    expect([await publicStatus(), own(), await statusOf(`${admin()}/metrics`)]).toEqual([404, undefined, 200]);
  });

  it.each([
    [{ METRICS_PORT: 'admin' }, /METRICS_PORT=admin: it needs ADMIN_PORT/],
    [{ METRICS_PORT: '3000' }, /METRICS_PORT=3000: it is PORT as well/],
    [{ METRICS_PORT: '9090', ADMIN_PORT: '9090' }, /METRICS_PORT=9090: it is ADMIN_PORT as well/],
    [{ METRICS_PORT: 'private' }, /METRICS_PORT=private: it must be public, admin or a port/],
    [{ METRICS_PORT: '70000' }, /METRICS_PORT=70000: it must be public, admin or a port/],
  ])('stops the boot with %j', async (env, says) => {
    await expect(openGateway(env)).rejects.toThrow(says);
    gateway = await openGateway();
  });
});
