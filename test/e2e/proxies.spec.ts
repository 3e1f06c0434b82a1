import { afterEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../../src/config/load-config.js';
import { anEventBody, counter, openGateway, post, type Gateway } from './gateway.js';

let gateway: Gateway | undefined;
afterEach(() => gateway?.close());

async function ipSeen(env: Record<string, string>, headers: Record<string, string>): Promise<string> {
  gateway = await openGateway(env);
  await gateway.send(post('/e/', anEventBody(), headers));
  return (JSON.parse(gateway.taken()[0].value) as { ip: string }).ip;
}

describe('TRUSTED_PROXIES', () => {
  const HEADERS = { 'x-forwarded-for': '6.6.6.6, 203.0.113.9' };

  it.each([
    ['', '6.6.6.6'],
    ['0', '127.0.0.1'],
    ['1', '203.0.113.9'],
    ['127.0.0.0/8,::1', '203.0.113.9'],
    ['10.0.0.0/8', '127.0.0.1'],
  ])('%j takes the client for %s', async (setting, expected) => {
    expect(await ipSeen({ TRUSTED_PROXIES: setting }, HEADERS)).toBe(expected);
  });

  it('stops the boot when it is neither', async () => {
    await expect(openGateway({ TRUSTED_PROXIES: 'nginx' })).rejects.toThrow(ConfigError);
    await expect(openGateway({ TRUSTED_PROXIES: '10.0.0.0/40' })).rejects.toThrow(/TRUSTED_PROXIES=10\.0\.0\.0\/40: must be a number/);
  });
});

describe('PATH_PREFIX', () => {
  it('serves every route under it as well as without it', async () => {
    gateway = await openGateway({ PATH_PREFIX: '/ingest/v2' });
    const data = encodeURIComponent(Buffer.from(JSON.stringify(anEventBody())).toString('base64'));
    const statuses = [
      await gateway.send(post('/ingest/v2/e/?ver=1', anEventBody())),
      await gateway.send(post('/ingest/v2/batch', [anEventBody()])),
      await gateway.send(post('/e/', anEventBody())),
      await gateway.send({ method: 'GET', url: `/ingest/v2/i/v0/e?data=${data}`, headers: {}, body: undefined }),
      await gateway.send({ method: 'GET', url: '/ingest/v2/_readiness', headers: {}, body: undefined }),
      await gateway.send({ method: 'GET', url: '/ingest/v2', headers: {}, body: undefined }),
      await gateway.send({ method: 'DELETE', url: '/ingest/v2/e', headers: {}, body: undefined }),
    ].map(({ status }) => status);
    expect([statuses, gateway.taken().length]).toEqual([[200, 200, 200, 200, 200, 200, 405], 4]);
  });

  it.each(['/ingest/e/', '/ingest/v20/e/', '/ingest/v2e/', '/x/ingest/v2/e/'])('does not take %s for it', async (path) => {
    gateway = await openGateway({ PATH_PREFIX: '/ingest/v2' });
    expect((await gateway.send(post(path, anEventBody()))).status).toBe(404);
  });

  it('does not show in metrics', async () => {
    gateway = await openGateway({ PATH_PREFIX: '/ingest' });
    const before = await counter(gateway, 'http_requests_total', 'path="/e"');
    await gateway.send(post('/ingest/e/', anEventBody()));
    expect(await counter(gateway, 'http_requests_total', 'path="/e"')).toBe(before + 1);
    expect(await counter(gateway, 'http_requests_total', 'ingest')).toBe(0);
  });

  it.each(['ingest', '/ingest/', '/a b'])('stops the boot when it is %j', async (setting) => {
    await expect(openGateway({ PATH_PREFIX: setting })).rejects.toThrow(ConfigError);
  });
});
