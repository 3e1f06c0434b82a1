import { get } from 'node:http';
import { createServer, type Server } from 'node:net';
import { EphemeralTopic, startGateway, type Gateway } from '@app/testing';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { freePort } from '../services/free-port.ts';
import { compare, SteadySender } from './fixtures/steady-sender.ts';

const HOSTS = process.env.KAFKA_HOSTS ?? '';
/** Two cores are shared by the broker, three processes and the sender. */
const PATIENT = { timeout: 30_000, interval: 100 };

let gateway: Gateway | undefined;
let admin: string;

async function open(env: Record<string, string>): Promise<Gateway> {
  const adminPort = await freePort();
  admin = `http://127.0.0.1:${adminPort}`;
  gateway = await startGateway({ env: { WORKERS: '2', ADMIN_PORT: String(adminPort), LOG_LEVEL: 'warn', ...env } });
  // The first worker serves before the second one does.
  await untilAllServe();
  return gateway;
}

const untilAllServe = () => expect.poll(() => metric('capture_worker_up'), PATIENT).toBe(2);

async function metricsOf(url: string): Promise<(start: string) => number> {
  const text = await (await fetch(`${url}/metrics`)).text();
  const lines = text.split('\n');
  return (start) =>
    lines
      .filter((line) => line.startsWith(`${start} `) || line.startsWith(`${start}{`) || (start.endsWith('}') && line.startsWith(start)))
      .reduce((sum, line) => sum + Number(line.split(' ').at(-1)), 0);
}

/** By the admin port, over all labels. */
async function metric(start: string): Promise<number> {
  return (await metricsOf(admin))(start);
}

interface Health {
  readonly workers: readonly { readonly worker: number; readonly pid: number; readonly state: string; readonly restarts: number }[];
}

async function health(): Promise<Health> {
  return (await fetch(`${admin}/_readiness`)).json() as Promise<Health>;
}

/** Resolves when it is answered or cut. */
function newConnection(url: string): Promise<void> {
  return new Promise((done) => {
    const asked = get(`${url}/_liveness`, { agent: false }, (response) =>
      response
        .resume()
        .once('end', done)
        .once('error', () => done()),
    );
    asked.once('error', () => done());
  });
}

afterEach(async () => {
  await gateway?.stop('SIGKILL');
  gateway = undefined;
});

describe('two workers with a broker', () => {
  let topic: EphemeralTopic;

  beforeEach(async () => {
    topic = await EphemeralTopic.create(HOSTS, { partitions: 3 });
    const names = ['TOPIC', 'OVERFLOW_TOPIC', 'HISTORICAL_TOPIC', 'ERROR_TRACKING_TOPIC', 'HEATMAPS_TOPIC', 'REPLAY_TOPIC', 'DLQ_TOPIC'];
    await open({ KAFKA_HOSTS: HOSTS, ...Object.fromEntries(names.map((name) => [`KAFKA_${name}`, topic.name])) });
  });
  afterEach(() => topic.delete());

  it('both serve, and are counted as one on both ports', async () => {
    const sender = new SteadySender(gateway!.url).start();
    await expect.poll(() => sender.acknowledged.length, PATIENT).toBeGreaterThan(200);
    await sender.stop();
    expect(sender.refused).toBe(0);

    for (const url of [admin, gateway!.url]) {
      const value = await metricsOf(url);
      expect([value('capture_events_received_total'), value('capture_events_ingested_total')]).toEqual([sender.sent, sender.sent]);
      expect(value('capture_messages_produced_total')).toBe(sender.sent);
      expect(value('capture_event_batch_size_count')).toBe(sender.sent);
      const each = [1, 2].map((worker) => value(`capture_worker_http_requests_total{worker="${worker}"}`));
      expect(Math.min(...each)).toBeGreaterThan(0);
      expect(each[0] + each[1]).toBe(value('http_requests_total'));
    }
    expect(await topic.readUntil(sender.sent)).toHaveLength(sender.sent);
  });

  it('are shown with their process ids, and one of them says what it believes of a project', async () => {
    const { workers } = await health();
    expect(workers.map(({ worker, state, restarts }) => [worker, state, restarts])).toEqual([
      [1, 'up', 0],
      [2, 'up', 0],
    ]);
    expect(new Set([gateway!.pid, ...workers.map(({ pid }) => pid)]).size).toBe(3);
    const facts = (await (await fetch(`${admin}/_projects/phc_steady`)).json()) as object;
    expect(facts).toMatchObject({ token: 'phc_steady', worker: expect.any(Number), traffic: expect.any(Object) });
  });

  it('of which one is killed: the other serves on, nothing acknowledged is lost, and there are two again', async () => {
    const sender = new SteadySender(gateway!.url).start();
    await expect.poll(() => sender.acknowledged.length, PATIENT).toBeGreaterThan(100);
    const before = await metric('capture_events_received_total');
    const [victim, survivor] = (await health()).workers;
    process.kill(victim.pid, 'SIGKILL');
    const atDeath = sender.acknowledged.length;
    // One of them is given to the worker that is dead already: it may fail, and must not hang.
    await Promise.all(Array.from({ length: 20 }, () => newConnection(gateway!.url)));
    await expect.poll(() => sender.acknowledged.length, PATIENT).toBeGreaterThan(atDeath + 50);
    expect(await metric('capture_events_received_total')).toBeGreaterThan(before);
    await expect.poll(() => metric('capture_worker_restarts_total'), PATIENT).toBe(1);
    await untilAllServe();
    await sender.stop();

    const workers = (await health()).workers;
    expect(workers[1].pid).toBe(survivor.pid);
    expect(workers[0].pid).not.toBe(victim.pid);
    const messages = await topic.readUntil(sender.acknowledged.length);
    expect(compare(sender.acknowledged, messages).lost).toBe(0);
  });

  it('finish what is under way on SIGTERM, and the exit code is 0', async () => {
    const sender = new SteadySender(gateway!.url).start();
    await expect.poll(() => sender.acknowledged.length, PATIENT).toBeGreaterThan(100);
    const pids = (await health()).workers.map(({ pid }) => pid);
    expect(await gateway!.stop('SIGTERM')).toBe(0);
    await sender.stop();
    for (const pid of pids) expect(() => process.kill(pid, 0)).toThrow('ESRCH');
    const messages = await topic.readUntil(sender.acknowledged.length);
    expect(compare(sender.acknowledged, messages).lost).toBe(0);
    expect(messages.length).toBe(sender.acknowledged.length);
  });
});

describe('two workers without a broker', () => {
  it('have a slot of the spool each, and a killed one’s is taken over', async () => {
    const { url } = await open({ KAFKA_HOSTS: `127.0.0.1:${await freePort()}`, KAFKA_DELIVERY_DEADLINE_MS: '100' });
    const sender = new SteadySender(url).start();
    await expect.poll(() => sender.acknowledged.length, PATIENT).toBeGreaterThan(100);
    await sender.stop();
    expect(new Set(sender.acknowledged.map(({ ack }) => ack))).toEqual(new Set(['spool']));
    expect(await metric('capture_spool_pending_events')).toBe(sender.sent);

    process.kill((await health()).workers[0].pid, 'SIGKILL');
    await expect.poll(() => metric('capture_worker_restarts_total'), PATIENT).toBe(1);
    await expect.poll(() => metric('capture_spool_pending_events'), PATIENT).toBe(sender.sent);
  });
});

describe('a boot that cannot succeed', () => {
  const output = (env: Record<string, string>) =>
    open(env).then(
      () => 'it is well',
      (error: Error) => error.message,
    );
  const times = (text: string, part: string) => text.split(part).length - 1;

  it.each([
    [{ KAFKA_HOSTS: '127.0.0.1:1', LOG_LEVEL: 'loud' }, 'LOG_LEVEL=loud'],
    [{ KAFKA_HOSTS: '127.0.0.1:1', SPOOL_MAX_BYTES: '20000000' }, 'SPOOL_MAX_BYTES=10000000'],
  ])('for %o is refused, and told once', async (env, told) => {
    const text = await output(env);
    expect(text).toContain('ended with 2');
    expect(times(text, told)).toBe(1);
  });

  it('for want of the port is told by the first worker alone', async () => {
    const taken = await new Promise<Server>((resolve) => {
      const server = createServer((socket) => socket.destroy()).listen(0, '127.0.0.1', () => resolve(server));
    });
    const { port } = taken.address() as { port: number };
    const text = await output({ KAFKA_HOSTS: '127.0.0.1:1', PORT: String(port), LOG_LEVEL: 'silent' });
    taken.close();
    expect(text).toContain('ended with 2');
    expect(times(text, `PORT=${port}: another process listens`)).toBe(1);
  });
});
