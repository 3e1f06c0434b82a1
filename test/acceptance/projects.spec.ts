import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { AdminListener } from '@app/admin';
import { startGateway } from '@app/testing';
import { anEventBody, counter, openGateway, post, type Gateway } from '../e2e/gateway.js';
import { ownRedis, type OwnRedis } from './fixtures/own-redis.js';

const KEY = 'inlet/projects';
const IP = '203.0.113.179';
const SETTINGS = { PROJECT_SOURCE: 'redis', UNKNOWN_TOKENS: 'reject', PROJECTS_REFRESH_MS: '200', PROJECTS_STALE_AFTER_MS: '5000' };
/** Two busy cores may take their time. */
const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 15_000, interval: 50 });

describe('projects in Redis', () => {
  let redis: OwnRedis;
  let gateway: Gateway;
  beforeAll(async () => {
    redis = await ownRedis();
  });
  afterEach(async () => {
    redis.thaw();
    await gateway.close();
    await redis.client.flushall();
  });
  afterAll(() => redis?.close());

  const put = (token: string, record: unknown) =>
    redis.client.hset(KEY, token, typeof record === 'string' ? record : JSON.stringify(record));
  const send = (token: string) => gateway.send(post('/e/', anEventBody({ token }), { 'x-forwarded-for': IP }));
  const status = async (token: string) => (await send(token)).status;
  const ipOf = async (token: string) => {
    await send(token);
    return (JSON.parse(gateway.taken().at(-1)?.value ?? '{}') as { ip?: string }).ip;
  };
  const open = async (env: Record<string, string> = {}) => {
    gateway = await openGateway({ ...SETTINGS, REDIS_URL: redis.url, ...env });
  };
  /** Reads by then: a token of no project is refused. */
  const openAndRead = async (env: Record<string, string> = {}) => {
    await open(env);
    await eventually(async () => expect(await status('phc_nobody')).toBe(401));
  };

  it('refuses what Redis does not have, and takes it within seconds of its creation', async () => {
    await put('phc_a', { ip: 'truncate' });
    await openAndRead({ PROJECTS_REFRESH_MS: '60000' });
    expect(await ipOf('phc_a')).toBe('203.0.113.0');
    await put('phc_new', { ip: 'drop' });
    // The first refused event is what makes the gateway ask.
    await eventually(async () => expect(await status('phc_new')).toBe(200));
    expect(await ipOf('phc_new')).toBe('');
  });

  it('takes changes with the next refresh, and with a counter only those that it announces', async () => {
    await put('phc_a', { ip: 'keep' });
    await redis.client.set(`${KEY}:version`, '1');
    await openAndRead();
    expect(await ipOf('phc_a')).toBe(IP);
    await put('phc_a', { ip: 'drop' });
    await redis.client.incr(`${KEY}:version`);
    await eventually(async () => expect(await ipOf('phc_a')).toBe(''));
    await redis.client.multi().hset(KEY, 'phc_a', '{"enabled":false}').incr(`${KEY}:version`).exec();
    await eventually(async () => expect(await status('phc_a')).toBe(401));
  });

  it('reads under REDIS_KEY_PREFIX', async () => {
    await redis.client.hset(`pre:${KEY}`, 'phc_a', '{"ip":"drop"}');
    await openAndRead({ REDIS_KEY_PREFIX: 'pre:' });
    expect(await ipOf('phc_a')).toBe('');
  });

  it('a frozen Redis delays nobody; the known stays known, and once that is old the unknown is taken', async () => {
    await put('phc_a', { ip: 'truncate' });
    // A request that waited for Redis would outlast this test.
    await openAndRead({ REDIS_RESPONSE_TIMEOUT_MS: '60000', REDIS_CONNECTION_TIMEOUT_MS: '60000' });
    redis.freeze();
    for (let i = 0; i < 50; i++) expect(await status('phc_nobody')).toBe(401);
    expect(await ipOf('phc_a')).toBe('203.0.113.0');
    gateway.clock.advance(5001);
    expect(await status('phc_nobody')).toBe(200);
    expect(await ipOf('phc_nobody')).toBe('');
    expect(await ipOf('phc_a')).toBe('203.0.113.0');
    redis.thaw();
    await eventually(async () => expect(await status('phc_nobody')).toBe(401));
  });

  it('starts and takes everything while Redis is frozen, keeping no address, and learns when it wakes', async () => {
    await put('phc_a', { ip: 'keep' });
    redis.freeze();
    await open();
    expect(await status('phc_nobody')).toBe(200);
    expect(await ipOf('phc_a')).toBe('');
    redis.thaw();
    await eventually(async () => expect(await status('phc_nobody')).toBe(401));
    expect(await ipOf('phc_a')).toBe(IP);
  });

  it('starts and takes everything without a Redis', async () => {
    await open({ REDIS_URL: 'redis://127.0.0.1:1' });
    expect(await status('phc_nobody')).toBe(200);
  });

  it('shows operators what it believes: settings, quotas with their end, restrictions, the age of each source', async () => {
    const until = Date.UTC(2030, 0, 1) / 1000;
    const rule = { version: 2, token: 'phc_a', pipelines: ['analytics'], distinct_ids: ['d'], args: {}, index: 0 };
    await put('phc_a', { ip: 'hash', limits: { events: { monthly: 5 } } });
    await redis.client.zadd('@posthog/quota-limits/events', until, 'phc_a');
    await redis.client.set('event_ingestion_restriction_dynamic_config:force_overflow_from_ingestion', JSON.stringify([rule]));
    await open({ ADMIN_PORT: '0', QUOTA_SOURCE: 'redis', EVENT_RESTRICTIONS_ENABLED: 'true' });
    const ask = async (path: string) => (await fetch(`${gateway.app.get(AdminListener, { strict: false }).url}${path}`)).json();
    await eventually(async () =>
      expect(await ask('/_projects/phc_a')).toMatchObject({
        token: 'phc_a',
        project: {
          state: 'enabled',
          settings: { ip: 'hash', limits: { events: { monthly: 5 } } },
          source: { source: 'redis', projects: 1 },
        },
        quotas: { limitedUntil: { events: '2030-01-01T00:00:00.000Z' } },
        restrictions: [{ type: 'force_overflow_from_ingestion', filters: { distinctIds: 1 } }],
        limitSources: expect.arrayContaining([{ name: expect.any(String), secondsOld: 0 }]),
      }),
    );
    expect(await ask('/_projects')).toMatchObject({ project: { source: 'redis', isStale: false }, restrictions: { rules: 1 } });
  });

  it('skips what it cannot read record by record, and counts it', async () => {
    await put('phc_a', { ip: 'truncate' });
    await put('phc_good', {});
    await openAndRead();
    await put('phc_a', '{"ip":"trunkate"}');
    await put('phc_good', { ip: 'drop' });
    await put('phc_bad', '\u0000\u0001{');
    await eventually(async () => expect(await ipOf('phc_good')).toBe(''));
    expect(await ipOf('phc_a')).toBe('203.0.113.0');
    expect(await ipOf('phc_bad')).toBe('');
    await eventually(async () => expect(await counter(gateway, 'capture_projects_unreadable')).toBe(2));
  });

  it.each([
    ['is of another type', async () => void (await redis.client.multi().del(KEY).set(KEY, 'text').exec())],
    ['is gone', async () => void (await redis.client.del(KEY))],
  ])('keeps its projects when the key %s', async (_, spoil) => {
    await put('phc_a', { ip: 'truncate' });
    await openAndRead();
    await spoil();
    await new Promise((resolve) => setTimeout(resolve, 600));
    expect(await ipOf('phc_a')).toBe('203.0.113.0');
    // Nothing was read since: what is not known is taken, once that is long ago.
    gateway.clock.advance(5001);
    expect(await status('phc_nobody')).toBe(200);
  });
});

describe('a protected address', () => {
  it('is neither in the logs, nor in what is stored, nor in metrics', async () => {
    const redis = await ownRedis();
    await redis.client.hset(KEY, { phc_drop: '{"ip":"drop"}', phc_hash: '{"ip":"hash"}', phc_bad: '{' });
    const env = { ...SETTINGS, REDIS_URL: redis.url, OUTPUT: 'embedded', LOG_LEVEL: 'trace', ADMIN_PORT: '0' };
    const gateway = await startGateway({ env });
    try {
      const bodies = ['phc_drop', 'phc_hash', 'phc_bad', 'phc_nobody', ''].flatMap((token) => [
        JSON.stringify(anEventBody({ token, $ip: IP, properties: { $ip: IP, $cookieless_mode: true } })),
        JSON.stringify({ token, batch: [anEventBody({ properties: { $ip: IP } }), { event: IP }, { $ip: IP }] }),
        `{"token":"${token}","$ip":"${IP}"`,
      ]);
      const answers: string[] = [];
      for (const body of bodies) {
        const reply = await fetch(`${gateway.url}/e/`, { method: 'POST', body, headers: { 'x-forwarded-for': IP } });
        answers.push(await reply.text());
      }
      const metrics = await (await fetch(`${gateway.url}/metrics`)).text();
      const stored = readdirSync(gateway.dataDir, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));
      expect(stored.join('')).toContain('phc_hash');
      expect(metrics).toMatch(/^capture_privacy_violations_total 0$/m);
      for (const text of [gateway.logs(), metrics, ...answers, ...stored]) expect(text).not.toContain(IP);
      for (const token of ['phc_drop', 'phc_hash', 'phc_nobody']) expect(gateway.logs()).not.toContain(token);
    } finally {
      await gateway.stop();
      await redis.close();
    }
  });
});
