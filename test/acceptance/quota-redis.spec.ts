import { createServer, type AddressInfo, type Server } from 'node:net';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from 'vitest';
import { anEventBody, counter, NOW, openGateway, post, type Gateway } from '../e2e/gateway.js';
import { ownRedis, type OwnRedis } from './fixtures/own-redis.js';

const EVENTS = '@posthog/quota-limits/events';
const SOON = NOW / 1000 + 3600;
const LIMITED = '{"status":"Ok","quota_limited":["events"]}';
const OK = '{"status":"Ok"}';

/** Everything that reads Redis, read as often as it may. */
const EVERYTHING = {
  QUOTA_SOURCE: 'redis',
  QUOTA_MODE: 'count',
  QUOTA_REFRESH_MS: '100',
  EVENT_RESTRICTIONS_ENABLED: 'true',
  EVENT_RESTRICTIONS_REFRESH_INTERVAL_SECS: '0.1',
  REPLAY_OVERFLOW_SESSIONS_ENABLED: 'true',
  GLOBAL_RATE_LIMIT_ENABLED: 'true',
  GLOBAL_RATE_LIMIT_TICK_INTERVAL_MS: '50',
  OVERFLOW_ENABLED: 'true',
};

/** Two busy cores may take their time. */
const eventually = (check: () => Promise<void>) => vi.waitFor(check, { timeout: 15_000, interval: 50 });
const send = async (gateway: Gateway, token: string) => {
  const { status, body } = await gateway.send(post('/e/', { ...anEventBody(), token }));
  expect(status).toBe(200);
  return body;
};

describe('quotas in Redis', () => {
  let redis: OwnRedis;
  let folder: string;
  let projects: string;
  const gateways: Gateway[] = [];
  const open = async (env: Record<string, string>) => {
    const gateway = await openGateway({ REDIS_URL: redis.url, ...env });
    gateways.push(gateway);
    return gateway;
  };
  beforeAll(async () => {
    redis = await ownRedis();
    folder = await mkdtemp(join(tmpdir(), 'inlet-quota-'));
    projects = join(folder, 'projects.json');
    const limits = { events: { monthly: 12 }, surveys: { perMinute: 2 } };
    await writeFile(projects, JSON.stringify([{ token: 'phc_counted', limits }, { token: 'phc_free' }]));
  });
  afterEach(async () => {
    redis.thaw();
    await Promise.all(gateways.splice(0).map((gateway) => gateway.close()));
    await redis.client.flushall();
  });
  afterAll(async () => {
    await redis?.close();
    await rm(folder, { recursive: true });
  });

  it('limits while the score lies ahead, as the billing job writes it', async () => {
    await redis.client.zadd(EVENTS, SOON, 'phc_over', NOW / 1000 - 60, 'phc_past', 'inf', 'phc_for_ever');
    const gateway = await open({ QUOTA_SOURCE: 'redis', QUOTA_REFRESH_MS: '100' });
    await eventually(async () => expect(await send(gateway, 'phc_over')).toBe(LIMITED));
    expect(await send(gateway, 'phc_for_ever')).toBe(LIMITED);
    expect(await send(gateway, 'phc_past')).toBe(OK);
    expect(await send(gateway, 'phc_another')).toBe(OK);
    expect(await counter(gateway, 'capture_billing_limits_loaded_tokens', 'quota-limits/events')).toBe(2);
    gateway.clock.advance(3601_000);
    expect(await send(gateway, 'phc_over')).toBe(OK);
    await redis.client.zadd(EVENTS, SOON + 7200, 'phc_another');
    await eventually(async () => expect(await send(gateway, 'phc_another')).toBe(LIMITED));
    await redis.client.zrem(EVENTS, 'phc_another');
    await eventually(async () => expect(await send(gateway, 'phc_another')).toBe(OK));
  });

  it('keeps what was read last when one resource holds garbage; the others go on', async () => {
    await redis.client.zadd(EVENTS, SOON, 'phc_over');
    const gateway = await open({ QUOTA_SOURCE: 'redis', QUOTA_REFRESH_MS: '100' });
    await eventually(async () => expect(await send(gateway, 'phc_over')).toBe(LIMITED));
    await redis.client.set(EVENTS, 'banana');
    await redis.client.zadd('@posthog/quota-limits/exceptions', SOON, 'phc_over', SOON, 'ünïcode', SOON, '');
    await eventually(async () => expect(await counter(gateway, 'capture_limits_refresh_failures_total', 'events')).toBeGreaterThan(1));
    expect(await send(gateway, 'phc_over')).toBe(LIMITED);
    await eventually(async () => {
      const { body } = await gateway.send(post('/e/', { ...anEventBody(), event: '$exception', token: 'phc_over' }));
      expect(JSON.parse(body).quota_limited).toEqual(['exceptions']);
    });
    expect(await counter(gateway, 'capture_limits_malformed_records_total', 'exceptions')).toBeGreaterThan(1);
  });

  it('goes on at full speed with what it knows while Redis is frozen, and follows it again afterwards', async () => {
    await redis.client.zadd(EVENTS, SOON, 'phc_over');
    const gateway = await open({ ...EVERYTHING, PROJECT_SOURCE: 'file', PROJECTS_FILE: projects });
    await eventually(async () => expect(await send(gateway, 'phc_over')).toBe(LIMITED));
    redis.freeze();
    const failures = await counter(gateway, 'capture_limits_refresh_failures_total', 'events');
    await eventually(async () =>
      expect(await counter(gateway, 'capture_limits_refresh_failures_total', 'events')).toBeGreaterThan(failures),
    );
    // One request that waited for Redis would take as long as its timeout: a thousand would take minutes.
    for (let i = 0; i < 1000; i++) expect(await send(gateway, i % 2 ? 'phc_over' : 'phc_counted')).toBe(i % 2 ? LIMITED : OK);
    redis.thaw();
    await redis.client.zadd(EVENTS, SOON, 'phc_free');
    await eventually(async () => expect(await send(gateway, 'phc_free')).toBe(LIMITED));
  }, 40_000);

  it('boots and accepts everything when nobody answers at all', async () => {
    const gateway = await open({ ...EVERYTHING, REDIS_URL: 'redis://127.0.0.1:1', PROJECT_SOURCE: 'file', PROJECTS_FILE: projects });
    for (let i = 0; i < 20; i++) expect(await send(gateway, 'phc_counted')).toBe(OK);
  });

  it('boots and accepts everything when what answers is no Redis', async () => {
    const server: Server = createServer((socket) => {
      socket.on('error', () => {});
      socket.on('data', () => socket.write('HTTP/1.1 400 Bad Request\r\n\r\n+banana\r\n*2\r\n$1\r\nx\r\n:5\r\n'));
    }).listen(0, '127.0.0.1');
    await once(server, 'listening');
    const { port } = server.address() as AddressInfo;
    const gateway = await open({ ...EVERYTHING, REDIS_URL: `redis://127.0.0.1:${port}`, PROJECT_SOURCE: 'file', PROJECTS_FILE: projects });
    for (let i = 0; i < 20; i++) expect(await send(gateway, 'phc_counted')).toBe(OK);
    await eventually(async () => expect(await counter(gateway, 'capture_limits_refresh_failures_total')).toBeGreaterThan(0));
    expect(await send(gateway, 'phc_counted')).toBe(OK);
    await gateways.pop()?.close();
    server.close();
  });

  describe('counted by the gateways themselves', () => {
    const COUNT = () => ({ QUOTA_MODE: 'count', PROJECT_SOURCE: 'file', PROJECTS_FILE: projects });

    it('stops a project on every pod within seconds of its monthly limit, and counts what was accepted, no more', async () => {
      const [a, b] = [await open(COUNT()), await open(COUNT())];
      for (let i = 0; i < 6; i++) {
        await send(a, 'phc_counted');
        await send(b, 'phc_counted');
      }
      const limited = (gateway: Gateway) => eventually(async () => expect(await send(gateway, 'phc_counted')).toBe(LIMITED));
      const accepted = 12 + (await acceptedUntil(() => limited(a), a)) + (await acceptedUntil(() => limited(b), b));
      expect(await send(a, 'phc_free')).toBe(OK);
      await eventually(async () => expect(await counted('events:phc_counted')).toBe(accepted));
      await eventually(async () => expect(await counted('events:phc_free')).toBe(1));

      // A pod started now knows it as soon as it has asked once.
      await limited(await open(COUNT()));
    }, 40_000);

    it('limits by the minute, and lets go when it is over', async () => {
      const gateway = await open(COUNT());
      const survey = async () => {
        const body = { ...anEventBody(), event: 'survey sent', token: 'phc_counted' };
        return JSON.parse((await gateway.send(post('/e/', body))).body) as { quota_limited?: string[] };
      };
      await eventually(async () => expect((await survey()).quota_limited).toEqual(['surveys']));
      expect(await send(gateway, 'phc_counted')).toBe(OK);
      gateway.clock.advance(60_000);
      await eventually(async () => expect((await survey()).quota_limited).toBeUndefined());
    }, 40_000);

    it('counts everything once, whatever Redis does in between', async () => {
      const gateway = await open(COUNT());
      let sent = 0;
      for (let round = 0; round < 4; round++) {
        if (round % 2 === 1) redis.freeze();
        for (let i = 0; i < 50; i++, sent++) await send(gateway, 'phc_free');
        await new Promise((resolve) => setTimeout(resolve, 1500));
        redis.thaw();
      }
      await eventually(async () => expect(await counted('events:phc_free')).toBe(sent));
    }, 60_000);

    async function acceptedUntil(wait: () => Promise<unknown>, gateway: Gateway): Promise<number> {
      gateway.taken();
      await wait();
      return gateway.taken().length;
    }

    async function counted(field: string): Promise<number> {
      return Number((await redis.client.hget(`@inlet/{usage}/month/2026-11`, field)) ?? 0);
    }
  });

  it('holds ids to a rate over all pods', async () => {
    const GLOBAL = {
      GLOBAL_RATE_LIMIT_ENABLED: 'true',
      GLOBAL_RATE_LIMIT_TICK_INTERVAL_MS: '50',
      GLOBAL_RATE_LIMIT_SYNC_INTERVAL_SECS: '0.1',
      GLOBAL_RATE_LIMIT_TOKEN_DISTINCTID_THRESHOLD: '20',
      GLOBAL_RATE_LIMIT_TOKEN_DISTINCTID_OVERRIDES_CSV: 'phc_generous=1000000',
      GLOBAL_RATE_LIMIT_CUSTOM_THRESHOLD_KEY: '',
    };
    const [a, b] = [await open(GLOBAL), await open(GLOBAL)];
    // Windows are by the wall clock, and their keys expire by Redis's.
    for (const { clock } of [a, b]) clock.setWall(Date.now());
    const routeAfterSend = async (gateway: Gateway, token: string) => {
      await send(gateway, token);
      return gateway.taken().map(({ route, key, headers }) => [route, key, headers.force_disable_person_processing]);
    };
    for (let i = 0; i < 15; i++) for (const gateway of [a, b]) await routeAfterSend(gateway, 'phc_hot');
    for (const gateway of [a, b])
      await eventually(async () => {
        gateway.clock.advance(200);
        expect(await routeAfterSend(gateway, 'phc_hot')).toEqual([['overflow', null, 'true']]);
      });
    for (let i = 0; i < 30; i++) expect(await routeAfterSend(a, 'phc_generous')).toEqual([['main', 'phc_generous:d', undefined]]);
    expect(await routeAfterSend(a, 'phc_cool')).toEqual([['main', 'phc_cool:d', undefined]]);
    const keys = await redis.client.keys('@ph/grl/capture/tok_distid/events:phc_hot:d:*');
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys) expect(await redis.client.ttl(key)).toBeGreaterThan(0);
    expect(await counter(a, 'capture_events_rate_limited_token_distinctid')).toBeGreaterThan(0);
  }, 40_000);
});
