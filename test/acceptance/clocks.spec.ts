import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { EphemeralTopic, startGateway, type Gateway } from '@app/testing';
import { Kafka, logLevel } from 'kafkajs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isOnPath } from '../services/commands.ts';
import { startKafka, type Broker } from '../services/kafka.ts';

const HOUR = 3_600_000;
const DAY = 24 * HOUR;
const SKEWED = join(import.meta.dirname, 'fixtures/skewed-clock.mjs');
const ROUTES = ['TOPIC', 'OVERFLOW_TOPIC', 'HISTORICAL_TOPIC', 'ERROR_TRACKING_TOPIC', 'HEATMAPS_TOPIC', 'REPLAY_TOPIC', 'DLQ_TOPIC'];

/** A broker of this file's own: one test takes it away, and its retention looks every second. */
describe.skipIf(!isOnPath('java'))('clocks that are apart', () => {
  let broker: Broker;
  let port: number;
  let topic: EphemeralTopic | undefined;
  let gateway: Gateway | undefined;
  const folders: string[] = [];
  const properties = { 'log.retention.check.interval.ms': '1000', 'log.initial.task.delay.ms': '500' };

  beforeAll(async () => {
    broker = await startKafka({ line: '4.x', properties });
    port = Number(broker.hosts.split(':')[1]);
  });
  afterAll(() => broker?.stop());
  afterEach(async () => {
    await gateway?.stop();
    await topic?.delete();
    gateway = topic = undefined;
    for (const folder of folders.splice(0)) await rm(folder, { recursive: true, force: true });
  });

  async function open(skewMs: number, env: Record<string, string> = {}): Promise<void> {
    const topics = Object.fromEntries(ROUTES.map((name) => [`KAFKA_${name}`, topic!.name]));
    const clock = { NODE_OPTIONS: `--import ${SKEWED}`, SKEW_MS: String(skewMs) };
    gateway = await startGateway({ env: { KAFKA_HOSTS: broker.hosts, ...topics, ...clock, ...env } });
  }

  async function send(from: number, to: number): Promise<(string | null)[]> {
    const acks: (string | null)[] = [];
    for (let i = from; i < to; i++) {
      const body = JSON.stringify({ api_key: 'phc_clocks', event: `event ${i}`, distinct_id: 'one' });
      const response = await fetch(`${gateway!.url}/e/`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
      await response.arrayBuffer();
      acks.push(response.status === 200 ? response.headers.get('inlet-ack') : String(response.status));
    }
    return acks;
  }

  async function metric(name: string): Promise<number> {
    const text = await (await fetch(`${gateway!.url}/metrics`)).text();
    return Number(new RegExp(`^${name} (.*)$`, 'm').exec(text)?.[1]);
  }

  const names = async () => (await topic!.read()).map(({ value }) => /event \d+/.exec(String(value))![0]);
  const numbered = (from: number, to: number) => Array.from({ length: to - from }, (_, i) => `event ${from + i}`);

  it.each([
    ['2 hours ahead', 2 * HOUR, {}, HOUR],
    ['2 hours behind', -2 * HOUR, {}, -2 * HOUR],
    [
      '2 hours behind, for a topic that takes no older times than an hour',
      -2 * HOUR,
      { 'message.timestamp.before.max.ms': String(HOUR) },
      -HOUR,
    ],
  ])('lose nothing: this one %s', async (_name, skew, config, carried) => {
    topic = await EphemeralTopic.create(broker.hosts, { config });
    await open(skew);
    expect(await send(0, 5)).toEqual(Array(5).fill('kafka'));
    const messages = await topic.read();
    expect(await names()).toEqual(numbered(0, 5));
    for (const { timestamp } of messages) expect(Math.abs(timestamp - Date.now() - carried)).toBeLessThan(60_000);
    await expect.poll(() => metric('capture_kafka_clock_gap_seconds'), { timeout: 10_000 }).toBeGreaterThan(7100);
    expect(await metric('capture_kafka_clock_gap_seconds')).toBeLessThan(7300);
  });

  it('lose nothing with the engine that does not hear why: records carry no time then', async () => {
    topic = await EphemeralTopic.create(broker.hosts);
    await open(2 * HOUR, { KAFKA_PRODUCER: 'kafkajs' });
    expect(await send(0, 5)).toEqual(Array(5).fill('kafka'));
    expect((await topic.read()).map(({ timestamp }) => timestamp)).toEqual(Array(5).fill(-1));
  });

  it('lose nothing of a backlog: stored by a right clock, drained by one 2 hours ahead', async () => {
    topic = await EphemeralTopic.create(broker.hosts);
    const folder = await mkdtemp(join(tmpdir(), 'inlet-clocks-'));
    folders.push(folder);
    const env = { DATA_DIR: folder, KAFKA_DELIVERY_DEADLINE_MS: '500' };
    await open(0, env);
    await broker.kill();
    expect(await send(0, 50)).toEqual(Array(50).fill('spool'));
    await gateway!.stop();
    broker = await startKafka({ line: '4.x', port, folder: broker.folder, properties });
    await open(2 * HOUR, env);
    await topic.readUntil(50, 30);
    await expect.poll(() => metric('capture_spool_pending_events'), { timeout: 10_000 }).toBe(0);
    expect([...new Set(await names())]).toEqual(numbered(0, 50));
    const left = ['dropped', 'parked', 'dead_lettered'].map((what) => metric(`capture_spool_${what}_total`));
    expect(await Promise.all(left)).toEqual([0, 0, 0]);
  });

  it('lose nothing to retention: a machine that boots in 2006, and a topic that keeps a week', async () => {
    const config = { 'retention.ms': String(7 * DAY), 'file.delete.delay.ms': '100' };
    topic = await EphemeralTopic.create(broker.hosts, { config });
    const control = await EphemeralTopic.create(broker.hosts, { config });
    const kafka = new Kafka({ brokers: [broker.hosts], logLevel: logLevel.NOTHING });
    const [admin, producer] = [kafka.admin(), kafka.producer()];
    try {
      await open(Date.UTC(2006, 0, 1) - Date.now());
      expect(await send(0, 5)).toEqual(Array(5).fill('kafka'));
      // What a record of 2006 comes to: when it is gone, retention has run.
      await Promise.all([admin.connect(), producer.connect()]);
      await producer.send({ topic: control.name, messages: [{ value: 'old', timestamp: String(Date.UTC(2006, 0, 1)) }] });
      const oldest = async () => (await admin.fetchTopicOffsets(control.name))[0].low;
      await expect.poll(oldest, { timeout: 40_000, interval: 500 }).toBe('1');
      await new Promise((done) => setTimeout(done, 3000));
      expect(await names()).toEqual(numbered(0, 5));
      expect((await topic.read()).map(({ timestamp }) => timestamp)).toEqual(Array(5).fill(-1));
    } finally {
      await Promise.all([admin.disconnect(), producer.disconnect()]);
      await control.delete();
    }
  });
});
