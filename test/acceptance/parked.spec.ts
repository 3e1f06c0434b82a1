import { execFile } from 'node:child_process';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { EphemeralTopic, startGateway, type Gateway } from '@app/testing';
import { ConfigResourceTypes, Kafka, logLevel } from 'kafkajs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { isOnPath } from '../services/commands.ts';
import { startKafka, type Broker } from '../services/kafka.ts';

const run = promisify(execFile);
const DRAIN = join(import.meta.dirname, '../../dist/src/drain/main.js');
const SMALL = { config: { 'max.message.bytes': '2000' } };

/** A broker of this file's own: it is away when the events come, so that nobody knows yet what its topics take. */
describe.skipIf(!isOnPath('java'))('events that neither their topic nor the dead-letter topic takes', () => {
  let broker: Broker;
  let topic: EphemeralTopic;
  let dead: EphemeralTopic;
  let gateway: Gateway | undefined;
  let dataDir: string;
  let env: Record<string, string>;

  beforeAll(async () => {
    broker = await startKafka({ line: '4.x' });
    [topic, dead] = await Promise.all([EphemeralTopic.create(broker.hosts, SMALL), EphemeralTopic.create(broker.hosts, SMALL)]);
    dataDir = await mkdtemp(join(tmpdir(), 'inlet-parked-'));
    const names = ['TOPIC', 'OVERFLOW_TOPIC', 'HISTORICAL_TOPIC', 'ERROR_TRACKING_TOPIC', 'HEATMAPS_TOPIC', 'REPLAY_TOPIC'];
    const topics = Object.fromEntries(names.map((name) => [`KAFKA_${name}`, topic.name]));
    env = { ...topics, DATA_DIR: dataDir, KAFKA_HOSTS: broker.hosts, KAFKA_DLQ_TOPIC: dead.name, KAFKA_DELIVERY_DEADLINE_MS: '500' };
  });
  afterEach(() => gateway?.stop());
  afterAll(async () => {
    await Promise.all([topic?.delete(), dead?.delete()]);
    await broker?.stop();
    await rm(dataDir, { recursive: true, force: true });
  });

  async function send(event: string, padding: number): Promise<string | null> {
    const body = JSON.stringify({ api_key: 'phc_parked', event, distinct_id: event, properties: { padding: 'x'.repeat(padding) } });
    const response = await fetch(`${gateway!.url}/e/`, { method: 'POST', headers: { 'content-type': 'application/json' }, body });
    return response.headers.get('inlet-ack');
  }

  async function spool(): Promise<Record<string, number>> {
    const text = await (await fetch(`${gateway!.url}/metrics`)).text();
    const figures = [...text.matchAll(/^capture_spool_([a-z]+(?:_[a-z]+)*?)(?:_total|_events) (\d+)$/gm)];
    return Object.fromEntries(figures.map(([line, name, value]) => [line.includes('_events') ? `${name} now` : name, Number(value)]));
  }

  it('are parked, hold up nothing, and are delivered when an operator has made room and says so', async () => {
    const port = Number(broker.hosts.split(':')[1]);
    await broker.kill();
    gateway = await startGateway({ env });
    const acks = [await send('fits 1', 0), await send('too large', 5000), await send('fits 2', 0)];
    expect(acks).toEqual(['spool', 'spool', 'spool']);
    broker = await startKafka({ line: '4.x', port, folder: broker.folder });
    await expect.poll(spool, { timeout: 30_000, interval: 200 }).toMatchObject({ 'pending now': 0, 'parked now': 1 });
    const { spooled, recovered, drained, dead_lettered: dlq, expired, parked, dropped } = await spool();
    expect([spooled + recovered, drained, parked]).toEqual([3, 2, 1]);
    expect(spooled + recovered).toBe(drained + dlq + expired + parked + dropped);
    expect(await eventsIn(topic)).toEqual(['fits 1', 'fits 2']);

    const looked = await run(process.execPath, [DRAIN, '--look'], { env: { PATH: process.env.PATH, ...env } }).catch((error) => error);
    expect(looked).toMatchObject({ code: 1, stdout: expect.stringContaining('1 are parked') });

    const admin = new Kafka({ brokers: [broker.hosts], logLevel: logLevel.NOTHING }).admin();
    await admin.connect();
    const configEntries = [{ name: 'max.message.bytes', value: '100000' }];
    await admin.alterConfigs({ validateOnly: false, resources: [{ type: ConfigResourceTypes.TOPIC, name: topic.name, configEntries }] });
    await admin.disconnect();
    const retried = await run(process.execPath, [DRAIN, '--parked', 'retry', '--json'], { env: { PATH: process.env.PATH, ...env } });
    expect(JSON.parse(retried.stdout)).toMatchObject({ isDone: true, found: 1, delivered: 1, parked: 0, waiting: 0 });
    expect(await eventsIn(topic)).toEqual(['fits 1', 'fits 2', 'too large']);
    const delivered = (await topic.read()).find(({ value }) => value.includes('too large'));
    expect(Object.keys(delivered!.headers).filter((name) => name.startsWith('dlq_'))).toEqual([]);
    expect(await dead.read()).toEqual([]);
    // The gateway looks again every 15 s.
    await expect.poll(spool, { timeout: 30_000, interval: 500 }).toMatchObject({ 'parked now': 0, 'pending now': 0 });
  });
});

async function eventsIn(topic: EphemeralTopic): Promise<string[]> {
  return (await topic.read()).map(({ value }) => /fits \d|too large/.exec(String(value))![0]).toSorted();
}
