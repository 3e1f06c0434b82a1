import { startGateway, type Gateway } from '@app/testing';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../services/free-port.ts';
import { isOnPath } from '../services/commands.ts';
import { ownRedis, type OwnRedis } from './fixtures/own-redis.js';

const PATIENT = { timeout: 30_000, interval: 100 };
const TOKEN = 'phc_source';
const QUOTA = '@posthog/quota-limits/events';
/** Everything that is refreshed from Redis, as often as it may. */
const SOURCES = {
  PROJECT_SOURCE: 'redis',
  UNKNOWN_TOKENS: 'reject',
  PROJECTS_REFRESH_MS: '400',
  QUOTA_SOURCE: 'redis',
  QUOTA_REFRESH_MS: '400',
  EVENT_RESTRICTIONS_ENABLED: 'true',
  EVENT_RESTRICTIONS_REFRESH_INTERVAL_SECS: '0.4',
};

describe.skipIf(!isOnPath('redis-server'))('the sources of two workers', () => {
  let redis: OwnRedis;
  let gateway: Gateway | undefined;
  let admin: string;

  beforeAll(async () => {
    redis = await ownRedis();
    await redis.client.hset('inlet/projects', { [TOKEN]: '{}' });
  });
  afterAll(() => redis.close());
  afterEach(() => gateway?.stop('SIGKILL'));

  async function open(): Promise<void> {
    const port = await freePort();
    admin = `http://127.0.0.1:${port}`;
    // No broker: what is sent is in the spool, which is good enough.
    const env = { WORKERS: '2', KAFKA_HOSTS: `127.0.0.1:${await freePort()}`, KAFKA_DELIVERY_DEADLINE_MS: '500', LOG_LEVEL: 'silent' };
    gateway = await startGateway({ env: { ...env, ADMIN_PORT: String(port), REDIS_URL: redis.url, ...SOURCES } });
    await expect.poll(async () => (await workers()).filter(({ state }) => state === 'up').length, PATIENT).toBe(2);
  }

  async function workers(): Promise<{ readonly state: string; readonly pid: number }[]> {
    return ((await (await fetch(`${admin}/_readiness`)).json()) as { workers: { state: string; pid: number }[] }).workers;
  }

  /** Over new connections, which come to both workers in turn. */
  async function answers(): Promise<Set<string>> {
    const send = async () => {
      const body = JSON.stringify({ token: TOKEN, event: 'e', distinct_id: 'd' });
      const reply = await fetch(`${gateway!.url}/e/`, { method: 'POST', body, headers: { connection: 'close' } });
      return `${reply.status} ${await reply.text()}`;
    };
    return new Set(await Promise.all([send(), send(), send(), send()]));
  }

  /** Every read that Redis gets, by who sends it, until `count` of each kind have come. */
  async function readers(count: number): Promise<Record<string, Map<string, number>>> {
    const seen: Record<string, Map<string, number>> = { get: new Map(), hscan: new Map(), zrangebyscore: new Map() };
    const monitor = await redis.client.monitor();
    monitor.on('monitor', (_time: string, [command]: string[], source: string) => {
      const by = seen[command.toLowerCase()];
      by?.set(source, (by.get(source) ?? 0) + 1);
    });
    const total = (by: Map<string, number>) => [...by.values()].reduce((sum, one) => sum + one, 0);
    await expect.poll(() => Math.min(...Object.values(seen).map(total)), PATIENT).toBeGreaterThan(count);
    monitor.disconnect();
    return seen;
  }

  it('are read by the primary, once for both, and both go by them', async () => {
    await open();
    await expect.poll(answers, PATIENT).toEqual(new Set(['200 {"status":"Ok"}']));
    const seen = await readers(10);
    // One connection: that of the primary. Each worker by itself would be two, or three.
    expect(new Set(Object.values(seen).flatMap((by) => [...by.keys()])).size).toBe(1);

    await redis.client.zadd(QUOTA, Math.floor(Date.now() / 1000) + 3600, TOKEN);
    await expect.poll(answers, PATIENT).toEqual(new Set(['200 {"status":"Ok","quota_limited":["events"]}']));
    await redis.client.del(QUOTA);
    await expect.poll(answers, PATIENT).toEqual(new Set(['200 {"status":"Ok"}']));
  });
});
