import { execFileSync } from 'node:child_process';
import { compressionsAlgorithms } from '@platformatic/kafka';
import kafkajs, { logLevel, type EachMessagePayload } from 'kafkajs';
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { CODECS, PRODUCERS, type ProducedMessage } from '@app/kafka';
import { EphemeralTopic } from '@app/testing';
import { isOnPath } from '../services/commands.ts';
import { startKafkaRoom, type KafkaRoom } from './fixtures/kafka-room.ts';

const BROKERS = { '4.x': process.env.KAFKA_HOSTS ?? '', '3.x': process.env.KAFKA3_HOSTS ?? '' };
const CODEC_BITS = { none: 0, gzip: 1, snappy: 2, lz4: 3, zstd: 4 };

const message = (topic: string, value: string, over: Partial<ProducedMessage> = {}): ProducedMessage => ({
  topic,
  key: `key of ${value}`,
  value: Buffer.from(value),
  headers: { token: 'phc_x', distinct_id: 'größer 🎉', now: '2025-07-01T11:00:00.000Z' },
  ...over,
});

describe.each(Object.entries(BROKERS))('on Kafka %s', (_line, hosts) => {
  describe.skipIf(hosts === '').each(PRODUCERS)('engine %s', (producer) => {
    const brokers = hosts.split(',');
    const topics: EphemeralTopic[] = [];
    let room: KafkaRoom;

    const aTopic = async (options: Parameters<typeof EphemeralTopic.create>[1] = {}) => {
      const topic = await EphemeralTopic.create(hosts, options);
      topics.push(topic);
      return topic;
    };

    beforeAll(async () => {
      room = await startKafkaRoom({ hosts: brokers, producer, deliveryDeadlineMs: 5000 });
    });
    afterAll(() => room.stop());
    afterEach(async () => {
      await Promise.all(topics.splice(0).map((topic) => topic.delete()));
    });

    /** Two messages in each codec, one without a key; and what a reader should find. */
    const writeInEveryCodec = async () => {
      const topic = await aTopic();
      const expected: Row[] = [];
      for (const compression of CODECS) {
        const one = await startKafkaRoom({ hosts: brokers, producer, compression });
        const value = `${compression} `.repeat(500);
        const report = await one.batcher.deliver(['naïve:kéy', null].map((key) => message(topic.name, value, { key })));
        expect(report).toEqual({ delivered: 2, stored: 0, failures: [] });
        await one.stop();
        for (const key of ['naïve:kéy', null]) expected.push([key, value, 'größer 🎉']);
      }
      return { topic, expected };
    };

    it('writes what other clients read back in every codec: key, null key, headers, value', async () => {
      const { topic, expected } = await writeInEveryCodec();
      const read = await topic.read();
      expect(read.map(({ key, value, headers }) => [key, String(value), headers.distinct_id])).toEqual(expected);
      expect(read.map(({ codec: bits }) => bits)).toEqual(CODECS.flatMap((name) => [CODEC_BITS[name], CODEC_BITS[name]]));
      expect(await readWithKafkajs(brokers, topic.name, read.length)).toEqual(expected);
    });

    it.skipIf(!isOnPath('kcat'))('writes what librdkafka reads back in every codec', async () => {
      const { topic, expected } = await writeInEveryCodec();
      expect(readWithKcat(hosts, topic.name)).toEqual(expected);
    });

    it('gives each of 100 concurrent deliveries an offset of its own', async () => {
      const topic = await aTopic({ partitions: 3 });
      const values = Array.from({ length: 100 }, (_, i) => `concurrent ${i}`);
      const reports = await Promise.all(values.map((value) => room.batcher.deliver([message(topic.name, value)])));
      expect(reports.every(({ delivered }) => delivered === 1)).toBe(true);
      const read = await topic.read();
      expect(read.map(({ value }) => String(value)).toSorted()).toEqual(values.toSorted());
      expect(new Set(read.map(({ partition, offset }) => `${partition}/${offset}`)).size).toBe(100);
    });

    it('keeps the order of every key over many overlapping deliveries', async () => {
      const topic = await aTopic({ partitions: 3 });
      const deliveries = Array.from({ length: 300 }, (_, n) =>
        room.batcher.deliver(Array.from({ length: 10 }, (__, k) => message(topic.name, `${n}`, { key: `key ${k}` }))),
      );
      await Promise.all(deliveries);
      const byKey = Map.groupBy(await topic.read(), ({ key }) => key);
      expect(byKey.size).toBe(10);
      for (const messages of byKey.values()) {
        expect(messages.map(({ value }) => Number(value))).toEqual(Array.from({ length: 300 }, (_, n) => n));
      }
    });

    it('puts keys where Java and kafkajs put them', async () => {
      const topic = await aTopic({ partitions: 12 });
      const keys = Array.from({ length: 200 }, (_, i) => `phc_token:${'näx日本'.slice(0, i % 6)}${i * 7919}`);
      await room.batcher.deliver(keys.map((key) => message(topic.name, key, { key })));
      const partitioner = kafkajs.Partitioners.DefaultPartitioner();
      const partitionMetadata = Array.from({ length: 12 }, (_, partitionId) => ({ partitionId, leader: 1 })) as never;
      const theirs = new Map(keys.map((key) => [key, partitioner({ topic: topic.name, partitionMetadata, message: { key, value: '' } })]));
      const read = await topic.read();
      expect(read).toHaveLength(keys.length);
      for (const { key, partition } of read) expect([key, partition]).toEqual([key, theirs.get(key!)]);
    });

    it('learns the fate of each partition of a request', async () => {
      const [narrow, other] = await Promise.all([aTopic({ config: { 'max.message.bytes': '2000' } }), aTopic()]);
      const value = 'x'.repeat(3000);
      const report = await room.batcher.deliver([narrow, other].map(({ name }) => message(name, value)));
      expect(report).toMatchObject({ delivered: 1, failures: [{ index: 0, kind: 'too_large' }] });
      expect((await other.read()).map((read) => String(read.value))).toEqual([value]);
    });

    it('finds the one message that a topic refuses as too large, and delivers all others in order', async () => {
      const topic = await aTopic({ config: { 'max.message.bytes': '4000' } });
      const values = Array.from({ length: 20 }, (_, i) => (i === 13 ? 'x'.repeat(8000) : `${i}`));
      const report = await room.batcher.deliver(values.map((value) => message(topic.name, value, { key: 'one' })));
      expect(report).toMatchObject({ delivered: 19, failures: [{ index: 13, kind: 'too_large', limit: undefined }] });
      expect((await topic.read()).map(({ value }) => String(value))).toEqual(values.filter((_, i) => i !== 13));
    });

    it('never makes a record batch that exceeds the limit, however many small messages come at once', async () => {
      const topic = await aTopic({ config: { 'max.message.bytes': '20000' } });
      const small = await startKafkaRoom({ hosts: brokers, producer, messageMaxBytes: 20_000 });
      const values = Array.from({ length: 500 }, (_, i) => `${i}`.padEnd(900, '.'));
      const report = await small.batcher.deliver(values.map((value) => message(topic.name, value, { key: 'one' })));
      await small.stop();
      expect(report).toEqual({ delivered: 500, stored: 0, failures: [] });
      expect((await topic.read()).map(({ value }) => String(value))).toEqual(values);
    });

    it('names an unknown topic as the reason, and delivers to it once it is created', async () => {
      const hasty = await startKafkaRoom({ hosts: brokers, producer, deliveryDeadlineMs: 600 });
      const topic = await aTopic();
      const absent = `${topic.name}-absent`;
      const reports = [hasty.batcher.deliver([message(absent, 'v')]), hasty.batcher.deliver([message(topic.name, 'v')])];
      expect(await Promise.all(reports)).toMatchObject([{ failures: [{ reason: 'UNKNOWN_TOPIC_OR_PARTITION' }] }, { delivered: 1 }]);
      await hasty.engine.createTopics([{ topic: absent, partitions: -1, replication: -1 }]);
      await hasty.engine.createTopics([{ topic: absent, partitions: 1, replication: 1 }]);
      await expect.poll(async () => (await hasty.batcher.deliver([message(absent, 'v')])).delivered, { timeout: 10_000 }).toBe(1);
      await hasty.stop();
    });

    it('lets a product team emit by Nest’s contract, subscribed or not', async () => {
      const topic = await aTopic();
      room.client.emit(topic.name, { key: 'k', value: { a: 1 }, headers: { h: 'v' } });
      room.client.emitBatch(topic.name, { messages: [{ key: null, value: 'two' }, 'three'] });
      const read = await topic.readUntil(3);
      expect(read.map(({ key, value, headers }) => [key, String(value), headers])).toEqual(
        expect.arrayContaining([
          ['k', '{"a":1}', { h: 'v' }],
          [null, 'two', {}],
          [null, 'three', {}],
        ]),
      );
    });

    it('boots without brokers, answers by the deadline, says that it has no contact', async () => {
      const lost = await startKafkaRoom({ hosts: ['127.0.0.1:1'], producer, deliveryDeadlineMs: 400 });
      const report = await lost.batcher.deliver([message('t', 'v')]);
      expect(report.failures).toMatchObject([{ kind: 'undelivered', reason: expect.stringMatching(/ECONNREFUSED/) }]);
      expect(lost.health.report()).toMatchObject({ reachable: false, lastContactAgoMs: undefined, undelivered: 1 });
      expect(room.health.report()).toMatchObject({ reachable: true, brokers: [{ reachable: true }] });
      await lost.stop();
    });
  });
});

type Row = [key: string | null, value: string, header: string];

// kafkajs reads gzip by itself.
const { CompressionCodecs, CompressionTypes } = kafkajs;
const codec = (name: 'snappy' | 'lz4' | 'zstd') => () => ({
  decompress: async (data: Buffer) => compressionsAlgorithms[name].decompressSync(data),
});

async function readWithKafkajs(brokers: string[], topic: string, count: number): Promise<Row[]> {
  Object.assign(CompressionCodecs, {
    [CompressionTypes.Snappy]: codec('snappy'),
    [CompressionTypes.LZ4]: codec('lz4'),
    [CompressionTypes.ZSTD]: codec('zstd'),
  });
  const consumer = new kafkajs.Kafka({ brokers, logLevel: logLevel.NOTHING }).consumer({ groupId: `${topic}-reader` });
  const rows: Row[] = [];
  const { promise, resolve } = Promise.withResolvers<void>();
  await consumer.connect();
  await consumer.subscribe({ topic, fromBeginning: true });
  await consumer.run({
    eachMessage: async ({ message: { key, value, headers } }: EachMessagePayload) => {
      rows.push([key === null ? null : String(key), String(value), String(headers?.distinct_id)]);
      if (rows.length === count) resolve();
    },
  });
  await promise;
  await consumer.disconnect();
  return rows;
}

function readWithKcat(hosts: string, topic: string): Row[] {
  const args = ['-C', '-q', '-e', '-b', hosts, '-t', topic, '-o', 'beginning', '-Z', '-f', '%k\t%s\t%h\n'];
  const lines = execFileSync('kcat', args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] })
    .trimEnd()
    .split('\n');
  return lines.map((line) => {
    const [key, value, headers] = line.split('\t') as [string, string, string];
    return [key === 'NULL' ? null : key, value, /distinct_id=([^,]*)/.exec(headers)?.[1] ?? ''];
  });
}
