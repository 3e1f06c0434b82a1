import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { lz4Decompress } from '@platformatic/wasm-utils';
import { EphemeralTopic, startGateway, type Gateway, type TopicMessage } from '@app/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const HOSTS = process.env.KAFKA_HOSTS ?? '';
const python = process.env.TEST_PYTHON ?? '';
const LZ4 = 3;
const LIMIT = 100_000;
const SESSION = '0193aaaa-bbbb-7ccc-8ddd-eeeeffff0001';
const LANES = ['', '_OVERFLOW', '_HISTORICAL', '_ERROR_TRACKING', '_HEATMAPS', '_CLIENT_INGESTION_WARNING', '_DLQ', '_REPLAY_OVERFLOW'];

function items(count: number, first = 0): unknown[] {
  return Array.from({ length: count }, (_, n) => ({
    type: 3,
    data: { n: first + n, text: '"\\é😀\0'.repeat(20 + (n % 30)) },
    timestamp: 1e12 + n,
  }));
}

async function record(gateway: Gateway, body: unknown): Promise<Response> {
  const headers = { 'content-type': 'text/plain', 'user-agent': 'posthog-ios/3.1' };
  return fetch(`${gateway.url}/s/?retry_count=5`, { method: 'POST', headers, body: gzipSync(JSON.stringify(body)) });
}

function snapshot(data: unknown): unknown {
  const properties = { token: 'phc_x', distinct_id: 'd', $session_id: SESSION, $snapshot_source: 'mobile', $snapshot_data: data };
  return { event: '$snapshot', properties };
}

const propertiesOf = (value: Buffer) => {
  const { data } = JSON.parse(value.toString()) as { data: string };
  return (JSON.parse(data) as { properties: Record<string, unknown> & { $snapshot_items: unknown[] } }).properties;
};

/** As Kafka counts them, about. */
const bytesOf = ({ key, value, headers }: TopicMessage) => value.length + (key ?? '').length + JSON.stringify(headers).length;

describe('recordings in Kafka', () => {
  let replay: EphemeralTopic;
  let other: EphemeralTopic;
  const topics = () => ({
    ...Object.fromEntries(LANES.map((lane) => [`KAFKA${lane}_TOPIC`, other.name])),
    KAFKA_REPLAY_TOPIC: replay.name,
  });
  const open = (env: Record<string, string>) => startGateway({ env: { OUTPUT: 'kafka', KAFKA_HOSTS: HOSTS, ...topics(), ...env } });

  beforeAll(async () => {
    [replay, other] = await Promise.all([EphemeralTopic.create(HOSTS, { partitions: 4 }), EphemeralTopic.create(HOSTS)]);
  });
  afterAll(() => Promise.all([replay.delete(), other.delete()]));

  it('are split to what the topic takes, in order on one partition, compressed as batches', async () => {
    const gateway = await open({ KAFKA_REPLAY_MESSAGE_MAX_BYTES: String(LIMIT) });
    try {
      const sent = [...items(900), { type: 2, data: 'x'.repeat(LIMIT), timestamp: 5 }, ...items(300, 900)];
      const answer = await record(gateway, [snapshot(sent.slice(0, 700)), snapshot(sent.slice(700))]);
      expect([answer.status, answer.headers.get('inlet-ack'), await answer.text()]).toEqual([200, 'kafka', '{"status":"Ok"}']);
      const parts = await replay.read();
      expect(parts.length).toBeGreaterThan(3);
      expect(new Set(parts.map(({ key, partition }) => `${key} ${partition}`))).toEqual(new Set([`${SESSION} ${parts[0].partition}`]));
      expect(Math.max(...parts.map(bytesOf))).toBeLessThan(LIMIT);
      expect(new Set(parts.map(({ codec }) => codec))).toEqual(new Set([LZ4]));
      const properties = parts.map(({ value }) => propertiesOf(value));
      expect(properties.map(({ $snapshot_part_index }) => $snapshot_part_index)).toEqual(parts.map((_, index) => index));
      for (const part of properties) expect(part).toMatchObject({ $lib: 'posthog-ios', $snapshot_source: 'mobile' });
      const received = properties.flatMap(({ $snapshot_items }) => $snapshot_items);
      const marker = {
        type: 5,
        data: { tag: 'Message too large', payload: { type: 2, size: JSON.stringify(sent[900]).length } },
        timestamp: 5,
      };
      expect(received).toEqual(sent.map((item) => (item === sent[900] ? marker : item)));
      expect(await other.read()).toEqual([]);
    } finally {
      await gateway.stop();
    }
  });

  it('have an LZ4 frame as value where that is asked for, and say so in a header', async () => {
    const before = (await replay.read()).length;
    const gateway = await open({ REPLAY_VALUE_COMPRESSION: 'lz4', KAFKA_REPLAY_COMPRESSION_CODEC: 'none' });
    try {
      expect((await record(gateway, [snapshot(items(20))])).status).toBe(200);
      const message = (await replay.readUntil(before + 1)).find(({ headers }) => headers['content-encoding'] === 'lz4')!;
      expect([message.codec, message.headers.session_id, message.key]).toEqual([0, SESSION, SESSION]);
      expect(propertiesOf(lz4Decompress(message.value)).$snapshot_items).toEqual(items(20));
    } finally {
      await gateway.stop();
    }
  });

  it.skipIf(python === '')("have the form that PostHog's consumers know where that is asked for, which Python's lz4 reads", async () => {
    const before = (await replay.read()).length;
    const gateway = await open({ KAFKA_REPLAY_ENVELOPE_COMPRESSION: 'lz4', REPLAY_VALUE_COMPRESSION: 'lz4' });
    try {
      // More than one block of the library's.
      const sent = items(400);
      expect((await record(gateway, [snapshot(sent)])).status).toBe(200);
      const message = (await replay.readUntil(before + 1)).at(-1)!;
      expect(message.headers['content-encoding']).toBe('lz4');
      const script = join(import.meta.dirname, 'fixtures/read_lz4_block.py');
      const { stdout, stderr, status } = spawnSync(python, [script], { input: message.value, maxBuffer: 2 ** 26, timeout: 60_000 });
      expect([status, stderr.toString()]).toEqual([0, '']);
      expect(propertiesOf(stdout).$snapshot_items).toEqual(sent);
    } finally {
      await gateway.stop();
    }
  });

  it('go to the topic that KAFKA_TOPIC names in the mode of a recordings deployment', async () => {
    const before = (await other.read()).length;
    const gateway = await open({ CAPTURE_MODE: 'recordings', KAFKA_TOPIC: other.name, KAFKA_REPLAY_TOPIC: '' });
    try {
      expect((await record(gateway, [snapshot(items(1))])).status).toBe(200);
      expect((await other.readUntil(before + 1)).at(-1)?.key).toBe(SESSION);
    } finally {
      await gateway.stop();
    }
  });
});
