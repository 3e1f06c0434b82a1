import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { EphemeralTopic, startGateway, type Gateway, type TopicMessage } from '@app/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { freePort } from '../services/free-port.ts';

const HOSTS = process.env.KAFKA_HOSTS ?? '';
const LANES = ['', '_OVERFLOW', '_HISTORICAL', '_ERROR_TRACKING', '_HEATMAPS', '_CLIENT_INGESTION_WARNING', '_DLQ', '_REPLAY_OVERFLOW'];
// It starts at a low priority: on a busy machine that takes its time.
const PATIENT = { timeout: 45_000, interval: 50 };

let topic: EphemeralTopic;
let other: EphemeralTopic;

beforeAll(async () => {
  [topic, other] = await Promise.all([EphemeralTopic.create(HOSTS, { partitions: 4 }), EphemeralTopic.create(HOSTS)]);
});
afterAll(() => Promise.all([topic.delete(), other.delete()]));

async function open(env: Record<string, string>): Promise<Gateway> {
  const lanes = Object.fromEntries(LANES.map((lane) => [`KAFKA${lane}_TOPIC`, other.name]));
  return startGateway({ env: { KAFKA_HOSTS: HOSTS, ...lanes, KAFKA_REPLAY_TOPIC: topic.name, ...env } });
}

/** With the process up: its first recording is answered without one. */
async function openSplit(env: Record<string, string> = {}): Promise<Gateway> {
  const gateway = await open({ REPLAY_THREAD: 'on', ...env });
  await send(gateway, { body: JSON.stringify(snapshot('first', 0)) });
  await expect.poll(() => metric(gateway, 'capture_replay_thread_up'), PATIENT).toBeGreaterThan(0);
  return gateway;
}

interface Sent {
  readonly path?: string;
  readonly method?: string;
  readonly headers?: Record<string, string>;
  readonly body?: string | Buffer<ArrayBuffer>;
}

async function send(gateway: Gateway, { path = '/s/', method = 'POST', headers = {}, body }: Sent) {
  const answer = await fetch(gateway.url + path, { method, headers, ...(body !== undefined && { body }) });
  const kept = Object.fromEntries([...answer.headers].filter(([name]) => !['date', 'connection', 'keep-alive'].includes(name)));
  return { status: answer.status, headers: kept, body: await answer.text() };
}

/** @param name of a metric, or one with the first of its labels */
async function metric(gateway: Gateway, name: string): Promise<number> {
  const text = await (await fetch(`${gateway.url}/metrics`)).text();
  const lines = text.split('\n').filter((line) => [' ', '{', ','].some((end) => line.startsWith(name + end)));
  return lines.reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

function snapshot(session: string, n: number, more: object = {}) {
  const uuid = `0193aaaa-bbbb-7ccc-8ddd-${String(n).padStart(12, '0')}`;
  const data = [{ type: 3, data: { n, text: '"\\é😀'.repeat(50) }, timestamp: 1e12 + n }];
  const properties = { token: 'phc_x', distinct_id: 'd', $session_id: session, $snapshot_data: data, ...more };
  return { event: '$snapshot', uuid, timestamp: '2026-11-01T00:00:00Z', properties };
}

/** As consumers read them, without what tells when a request came. */
function seen({ key, partition, headers, value }: TopicMessage) {
  const { now: _now, ...told } = headers;
  const { now: _alsoNow, ...envelope } = JSON.parse(value.toString()) as Record<string, unknown>;
  return { key, partition, headers: told, envelope };
}

const n = (() => {
  let last = 0;
  return () => ++last;
})();

/** What a client may send to /s, each with a session and ids of its own. */
const REQUESTS: readonly [string, (session: string) => Sent][] = [
  ['one recording', (session) => ({ body: JSON.stringify(snapshot(session, n())) })],
  ['several at once', (session) => ({ body: JSON.stringify([1, 2, 3].map(() => snapshot(session, n()))) })],
  [
    'a mobile batch, gzipped, of an SDK that names itself',
    (session) => ({
      headers: { 'content-encoding': 'gzip', 'user-agent': 'posthog-ios/3.1', 'content-type': 'application/json' },
      body: gzipSync(JSON.stringify({ api_key: 'phc_x', batch: [snapshot(session, n(), { token: undefined })] })),
    }),
  ],
  ['a form', (session) => ({ headers: form, body: `data=${encodeURIComponent(JSON.stringify(snapshot(session, n())))}` })],
  ['an address of a proxy', (session) => ({ headers: { 'x-forwarded-for': '203.0.113.9' }, body: JSON.stringify(snapshot(session, n())) })],
  [
    'a page of another origin',
    (session) => ({ headers: { origin: 'https://page.example' }, body: JSON.stringify(snapshot(session, n())) }),
  ],
  ['a beacon', (session) => ({ path: '/s/?beacon=1', body: JSON.stringify(snapshot(session, n())) })],
  ['a bad one among good ones', (session) => ({ body: JSON.stringify([snapshot(session, n()), snapshot('no/path', n())]) })],
  ['nothing but a bad one', () => ({ body: JSON.stringify(snapshot('no/path', n())) })],
  ['no token', (session) => ({ body: JSON.stringify(snapshot(session, n(), { token: undefined })) })],
  ['garbage', () => ({ body: 'x{' })],
  ['damaged gzip', () => ({ headers: { 'content-encoding': 'gzip' }, body: Buffer.from([0x1f, 0x8b, 8, 0, 1, 2, 3]) })],
  ['an empty body', () => ({ body: '' })],
  ['a body over the limit', () => ({ body: 'x'.repeat(300_000) })],
  ['an ordinary event', () => ({ body: JSON.stringify({ ...snapshot('', n()), event: 'e', api_key: 'phc_x', distinct_id: 'd' }) })],
  ['a question of a browser', () => ({ method: 'OPTIONS', headers: { origin: 'https://page.example' } })],
  ['a method that it does not have', () => ({ method: 'DELETE' })],
];
const form = { 'content-type': 'application/x-www-form-urlencoded' };

describe('the process of recordings', () => {
  it('answers and produces what a gateway without one does, whatever is sent', async () => {
    const env = { MAX_REPLAY_BODY_BYTES: '200000', TRUSTED_PROXIES: '127.0.0.1' };
    const [split, plain] = await Promise.all([openSplit(env), open({ REPLAY_THREAD: 'off', ...env })]);
    try {
      for (const [index, [name, request]] of REQUESTS.entries()) {
        const sent = request(`session-${index}`);
        expect({ name, ...(await send(split, sent)) }).toEqual({ name, ...(await send(plain, sent)) });
      }
      const messages = [...(await topic.read()), ...(await other.read())].map(seen).filter(({ key }) => key !== 'first');
      const byUuid = Map.groupBy(messages, ({ envelope }) => envelope.uuid);
      expect(byUuid.size).toBeGreaterThan(8);
      for (const [uuid, pair] of byUuid) expect({ uuid, message: pair[1] }).toEqual({ uuid, message: pair[0] });
      const names = ['received', 'ingested', 'dropped', 'rejected'].map((what) => `capture_events_${what}_total`);
      const counts = (gateway: Gateway) => Promise.all([...names, 'http_requests_total'].map((one) => metric(gateway, one)));
      const [ours, theirs] = await Promise.all([counts(split), counts(plain)]);
      // Its first recording, and what was asked of both: probes and metrics.
      expect(ours.slice(0, 2)).toEqual(theirs.slice(0, 2).map((count) => count + 1));
      expect(ours.slice(2, 4)).toEqual(theirs.slice(2, 4));
      expect(await metric(split, 'http_requests_total{method="POST",path="/s"')).toBe(
        (await metric(plain, 'http_requests_total{method="POST",path="/s"')) + 1,
      );
      // One that is too large is refused before.
      const handedOver = REQUESTS.filter(([name]) => !/limit|question|method/.test(name)).length;
      expect(await metric(split, 'capture_replay_thread_requests_total')).toBe(handedOver);
      expect(await metric(split, 'capture_in_flight_bytes')).toBe(0);
    } finally {
      await Promise.all([split.stop(), plain.stop()]);
    }
  });

  it.skipIf(process.platform !== 'linux')('has a lower priority than the one that serves, with all its threads', async () => {
    const gateway = await openSplit();
    try {
      const [child] = readFileSync(`/proc/${gateway.pid}/task/${gateway.pid}/children`, 'latin1').trim().split(' ');
      expect(new Set(nicesOf(gateway.pid))).toEqual(new Set([0]));
      expect(new Set(nicesOf(Number(child)))).toEqual(new Set([10]));
    } finally {
      await gateway.stop();
    }
  });

  it.skipIf(process.platform !== 'linux')('does not outlive a gateway that is killed', async () => {
    const gateway = await openSplit();
    const [child] = readFileSync(`/proc/${gateway.pid}/task/${gateway.pid}/children`, 'latin1').trim().split(' ');
    await gateway.stop('SIGKILL');
    await expect.poll(() => existsSync(`/proc/${child}/fd`) && nicesOf(Number(child)).length, PATIENT).toBeFalsy();
  });

  it('keeps the order of a session, and loses nothing when the gateway is told to stop', async () => {
    const before = (await topic.read()).length;
    const gateway = await openSplit();
    const answered: number[] = [];
    const stopped = new AbortController();
    const client = async (session: string) => {
      for (let i = 1; !stopped.signal.aborted && i < 500; i++) {
        const sent = { body: JSON.stringify(snapshot(session, n(), { $window_id: String(i) })), headers: { connection: 'close' } };
        const answer = await send(gateway, sent).catch(() => undefined);
        if (answer?.status === 200) answered.push(i);
      }
    };
    const clients = ['a', 'b', 'c', 'd'].map((session) => client(`stop-${session}`));
    await expect.poll(() => answered.length, PATIENT).toBeGreaterThan(200);
    const code = await gateway.stop();
    stopped.abort();
    await Promise.all(clients);
    expect(code).toBe(0);
    const messages = (await topic.readUntil(before + answered.length)).slice(0).filter(({ key }) => key?.startsWith('stop-'));
    for (const session of ['a', 'b', 'c', 'd']) {
      const windows = messages.filter(({ key }) => key === `stop-${session}`).map((message) => Number(windowOf(message)));
      expect(windows).toEqual(windows.map((_, index) => index + 1));
    }
    expect(messages.length).toBeGreaterThanOrEqual(answered.length);
  });

  it('stores what brokers do not take, in a slot of its own, for whoever comes next', async () => {
    const dataDir = await mkdtemp(join(tmpdir(), 'inlet-replay-'));
    const before = (await topic.read()).length;
    try {
      const cut = await openSplit({ DATA_DIR: dataDir, KAFKA_HOSTS: `127.0.0.1:${await freePort()}` });
      for (let i = 0; i < 5; i++) {
        const answer = await send(cut, { body: JSON.stringify(snapshot('stored', n(), { $window_id: String(i) })) });
        expect([answer.status, answer.headers['inlet-ack']]).toEqual([200, 'spool']);
      }
      expect(await metric(cut, 'capture_spool_spooled_total')).toBe(6);
      expect(await metric(cut, 'capture_spool_pending_events')).toBe(6);
      expect(await cut.stop()).toBe(0);
      const next = await open({ DATA_DIR: dataDir, REPLAY_THREAD: 'off' });
      const messages = (await topic.readUntil(before + 6)).filter(({ key }) => key === 'stored');
      expect(messages.map(windowOf)).toEqual(['0', '1', '2', '3', '4']);
      await next.stop();
    } finally {
      await rm(dataDir, { recursive: true, force: true });
    }
  });

  it('is that of each worker, whose primary adds all up', async () => {
    const adminPort = await freePort();
    const gateway = await open({ REPLAY_THREAD: 'on', WORKERS: '2', ADMIN_PORT: String(adminPort) });
    const admin = { ...gateway, url: `http://127.0.0.1:${adminPort}` };
    try {
      const recording = () => send(gateway, { body: JSON.stringify(snapshot('worker', n())), headers: { connection: 'close' } });
      await expect
        .poll(async () => {
          expect((await recording()).status).toBe(200);
          return metric(admin, 'capture_replay_thread_up');
        }, PATIENT)
        .toBe(2);
      const [ingested, handedOver] = [await metric(admin, 'capture_events_ingested_total'), 'capture_replay_thread_requests_total'];
      for (let i = 0; i < 4; i++) await recording();
      expect(await metric(admin, handedOver)).toBeGreaterThanOrEqual(4);
      expect(await metric(admin, 'capture_events_ingested_total')).toBe(ingested + 4);
      expect(await metric(gateway, 'capture_events_ingested_total')).toBe(ingested + 4);
    } finally {
      expect(await gateway.stop()).toBe(0);
    }
  });
});

/** Of all threads of a process. */
function nicesOf(pid: number): number[] {
  return readdirSync(`/proc/${pid}/task`).map((thread) => {
    const stat = readFileSync(`/proc/${pid}/task/${thread}/stat`, 'latin1');
    return Number(stat.slice(stat.lastIndexOf(')') + 2).split(' ')[16]);
  });
}

function windowOf({ value }: TopicMessage): string {
  const { data } = JSON.parse(value.toString()) as { data: string };
  return (JSON.parse(data) as { properties: { $window_id: string } }).properties.$window_id;
}
