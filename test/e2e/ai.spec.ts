import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeAll, afterAll, describe, expect, it, vi } from 'vitest';
import { anEventBody, counter, NOW, openGateway, post, type Gateway } from './gateway.js';
import type { WireRequest } from '../corpus/runner.js';

const KAFKA = { OUTPUT: 'kafka', KAFKA_HOSTS: '127.0.0.1:1' };
const MIB = 1024 * 1024;
const uuidOf = (n: number) => `01890a5d-ac96-774b-bcce-${String(n).padStart(12, '0')}`;

const AI = { event: '$ai_generation', distinct_id: 'd' };
/** One event of each kind, and where it goes while the lane is on. */
const LANES: [name: string, route: string][] = [
  ['$ai_generation', 'ai'],
  ['$ai_span', 'ai'],
  ['$ai_unheard_of', 'main'],
  ['e', 'main'],
  ['$exception', 'exceptions'],
];
const batch = LANES.map(([event]) => ({ event, distinct_id: 'd' }));

function strict(events: readonly Record<string, unknown>[], path = '/i/v1/ai/events', token = 'phc_e2e'): WireRequest {
  const at = new Date(NOW).toISOString();
  const all = events.map((event, n) => ({ uuid: uuidOf(n), timestamp: at, options: {}, properties: {}, ...event }));
  return post(
    path,
    { created_at: at, batch: all },
    {
      authorization: `Bearer ${token}`,
      'posthog-sdk-info': 'posthog-tests/1.0.0',
      'posthog-attempt': '1',
      'posthog-request-id': uuidOf(99),
      'posthog-request-timestamp': at,
    },
  );
}

const large = (event: string, bytes: number) => ({ event, distinct_id: 'd', properties: { $ai_input: 'x'.repeat(bytes) } });

describe('the lane of AI events', () => {
  let gateway: Gateway | undefined;
  afterEach(() => gateway?.close());
  const open = async (env: Record<string, string> = {}) => (gateway = await openGateway(env));
  const routes = () => gateway!.taken().map(({ route, headers }) => [headers.event, route]);

  it('is on where the output is embedded: the names that consumers know have it, from every route', async () => {
    const { send } = await open();
    for (const path of ['/batch/', '/i/v0/ai/batch/', '/i/v0/ai/batch', '/e/', '/capture/']) {
      expect((await send(post(path, { api_key: 'phc_e2e', batch }))).status).toBe(200);
      expect([path, routes()]).toEqual([path, LANES]);
    }
    for (const path of ['/i/v1/ai/events', '/i/v1/ai/events/', '/i/v1/analytics/events']) {
      expect((await send(strict(batch, path))).status).toBe(200);
      expect([path, routes()]).toEqual([path, LANES]);
    }
    expect((await send(post('/e/', anEventBody(AI)))).status).toBe(200);
    expect(routes()).toEqual([['$ai_generation', 'ai']]);
  });

  it('has every $ai_… by the prefix, if asked to', async () => {
    const { send } = await open({ CAPTURE_AI_LANE_PREDICATE: 'prefix' });
    await send(post('/batch/', { api_key: 'phc_e2e', batch }));
    expect(routes()).toEqual(LANES.map(([name, route]) => [name, name.startsWith('$ai_') ? 'ai' : route]));
  });

  it('has historical events and old ones too, which keep saying so', async () => {
    const { send, taken } = await open({ ENABLE_HISTORICAL_REROUTING: 'true' });
    await send(post('/batch/', { api_key: 'phc_e2e', historical_migration: true, batch: [AI] }));
    await send(post('/batch/', { api_key: 'phc_e2e', batch: [{ ...AI, timestamp: '2020-01-01T00:00:00Z' }] }));
    expect(taken().map(({ route, headers }) => [route, headers.historical_migration])).toEqual([
      ['ai', 'true'],
      ['ai', undefined],
    ]);
  });

  it.each<[string, Record<string, string>]>([
    ['off', { CAPTURE_AI_LANE: 'off' }],
    ['not decided, with Kafka', KAFKA],
    ['off, though there is a topic', { ...KAFKA, CAPTURE_AI_LANE: 'off', KAFKA_AI_TOPIC: 'ai' }],
  ])('changes nothing while it is %s; the routes are there', async (_what, env) => {
    const { send } = await open(env);
    const main = LANES.map(([name, route]) => [name, route === 'ai' ? 'main' : route]);
    for (const request of [post('/i/v0/ai/batch/', { api_key: 'phc_e2e', batch }), strict(batch)]) {
      expect((await send(request)).status).toBe(200);
      expect(routes()).toEqual(main);
    }
    const refused = await send(post('/i/v0/ai/batch/', { api_key: 'phc_e2e', batch: [large('$ai_span', 1_100_000)] }));
    expect([refused.status, refused.body]).toEqual([413, expect.stringContaining('KAFKA_PRODUCER_MESSAGE_MAX_BYTES')]);
  });

  it.each<[string, Record<string, string>, number]>([
    ['speaks of itself where nobody has decided', KAFKA, 1],
    ['says nothing where it is off', { ...KAFKA, CAPTURE_AI_LANE: 'off' }, 0],
    ['says nothing where it is on', { ...KAFKA, KAFKA_AI_TOPIC: 'ai' }, 0],
    ['says nothing without Kafka', {}, 0],
  ])('%s', async (_what, env, lines) => {
    const { createGateway } = await import('../../src/create-gateway.js');
    const { MemorySink } = await import('@app/testing');
    const logged: string[] = [];
    const app = await createGateway(
      { LOG_LEVEL: 'info', ...env },
      { sink: new MemorySink(), logs: { write: (line) => logged.push(line) } },
    );
    await app.close();
    expect(logged.filter((line) => line.includes('CAPTURE_AI_LANE=on'))).toHaveLength(lines);
  });

  it('takes AI events of 8 MiB, and others of what they were', async () => {
    const { send } = await open();
    expect((await send(post('/i/v0/ai/batch/', { api_key: 'phc_e2e', batch: [large('$ai_span', 8 * MIB)] }))).status).toBe(200);
    expect((await send(strict([large('$ai_span', 8 * MIB)]))).status).toBe(200);
    expect(routes()).toEqual([
      ['$ai_span', 'ai'],
      ['$ai_span', 'ai'],
    ]);
    const mixed = [large('$ai_span', 9 * MIB), large('$ai_unheard_of', 1_100_000), large('e', 1_100_000), AI];
    const { status, body } = await send(post('/i/v0/ai/batch/', { api_key: 'phc_e2e', batch: mixed }));
    expect(status).toBe(200);
    const variables = (JSON.parse(body) as { dropped: { detail: string }[] }).dropped.map(({ detail }) => /\((\w+)\)/.exec(detail)![1]);
    const general = 'KAFKA_PRODUCER_MESSAGE_MAX_BYTES';
    expect([variables, routes()]).toEqual([['KAFKA_AI_MESSAGE_MAX_BYTES', general, general], [['$ai_generation', 'ai']]]);
    const some = [large('$ai_span', 8.5 * MIB), large('e', 1_100_000), AI];
    const { results } = JSON.parse((await send(strict(some))).body) as { results: Record<string, { result: string; details?: string }> };
    expect(Object.values(results).map(({ result, details }) => details ?? result)).toEqual(['event_too_big', 'event_too_big', 'ok']);
    expect(routes()).toEqual([['$ai_generation', 'ai']]);
  });

  it('overflows only to a topic of its own', async () => {
    const overflow = { OVERFLOW_ENABLED: 'true', INGESTION_FORCE_OVERFLOW_BY_TOKEN_DISTINCT_ID: 'phc_e2e:d' };
    const sent = post('/batch/', { api_key: 'phc_e2e', batch: [AI, { event: 'e', distinct_id: 'd' }] });
    await (await open(overflow)).send(sent);
    expect(routes()).toEqual([
      ['$ai_generation', 'ai'],
      ['e', 'overflow'],
    ]);
    await gateway!.close();
    await (await open({ ...overflow, KAFKA_AI_OVERFLOW_TOPIC: 'ai_overflow' })).send(sent);
    expect(routes()).toEqual([
      ['$ai_generation', 'ai_overflow'],
      ['e', 'overflow'],
    ]);
  });
});

describe('the quota llm_events', () => {
  let folder: string;
  let gateway: Gateway;
  beforeAll(async () => {
    folder = await mkdtemp(join(tmpdir(), 'inlet-ai-quota-'));
    const file = join(folder, 'quota.json');
    await writeFile(file, JSON.stringify({ llm_events: { phc_over: NOW / 1000 + 3600 } }));
    gateway = await openGateway({ QUOTA_SOURCE: 'file', QUOTA_FILE: file });
    await vi.waitFor(async () => expect(await counter(gateway, 'capture_billing_limits_loaded_tokens', 'llm_events')).toBe(1), 10_000);
  });
  afterAll(async () => {
    await gateway.close();
    await rm(folder, { recursive: true });
  });

  it('goes by the prefix, on the AI routes as on all others', async () => {
    const v0 = await gateway.send(post('/i/v0/ai/batch/', { api_key: 'phc_over', batch }));
    expect([v0.status, JSON.parse(v0.body)]).toEqual([200, { status: 'Ok', quota_limited: ['llm_events'] }]);
    expect(gateway.taken().map(({ headers }) => headers.event)).toEqual(['e', '$exception']);
    const v1 = await gateway.send(strict([AI], '/i/v1/ai/events', 'phc_over'));
    expect([v1.status, v1.body]).toEqual([402, expect.stringContaining('billing_limit_exceeded')]);
  });
});

describe('the AI routes', () => {
  let gateway: Gateway;
  beforeAll(async () => {
    gateway = await openGateway();
  });
  afterAll(() => gateway.close());

  it.each([
    ['/i/v0/ai/batch', 400, 'text/plain'],
    ['/i/v1/ai/events', 401, 'application/json'],
  ])('%s answers a browser’s preflight, and a request without a token in its protocol', async (path, status, type) => {
    const preflight = await gateway.send({ method: 'OPTIONS', url: path, headers: { origin: 'https://a.example' }, body: undefined });
    expect([preflight.status, preflight.headers['access-control-allow-origin']]).toEqual([200, 'https://a.example']);
    const refused = await gateway.send({ ...strict([AI], path), headers: { 'content-type': 'application/json' } });
    expect([refused.status, refused.headers['content-type']]).toEqual([status, expect.stringContaining(type)]);
  });

  it('are not those of multipart and OTLP, which are 404 and name the nearest', async () => {
    const { status, body } = await gateway.send(post('/i/v0/ai', AI));
    expect([status, body]).toEqual([404, expect.stringContaining('/i/v0/')]);
    expect((await gateway.send(post('/i/v0/ai/otel', AI))).status).toBe(404);
  });
});
