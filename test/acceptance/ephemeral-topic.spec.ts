import { CompressionTypes, Kafka, Partitioners, logLevel } from 'kafkajs';
import { afterEach, describe, expect, it } from 'vitest';
import { EphemeralTopic } from '@app/testing';

const BROKERS = { '4.x': process.env.KAFKA_HOSTS ?? '', '3.x': process.env.KAFKA3_HOSTS ?? '' };

// Written by another client, so that the reader that all other tests trust is itself tested.
describe.each(Object.entries(BROKERS))('EphemeralTopic on Kafka %s', (_line, hosts) => {
  let topic: EphemeralTopic | undefined;
  afterEach(() => topic?.delete());

  it.skipIf(hosts === '')('gives back what another client wrote: key, value, headers, partition, offset', async () => {
    topic = await EphemeralTopic.create(hosts, { partitions: 3 });
    const kafka = new Kafka({ brokers: hosts.split(','), logLevel: logLevel.NOTHING });
    const producer = kafka.producer({ createPartitioner: Partitioners.DefaultPartitioner });
    await producer.connect();
    const messages = [
      { partition: 0, key: 'k', value: 'größer 🎉', headers: { a: '1', b: 'ü' } },
      { partition: 2, key: null, value: '{}' },
      { partition: 0, key: 'k', value: 'second' },
    ];
    // In two batches, so that offsets are read across a batch's border.
    await producer.send({ topic: topic.name, messages, compression: CompressionTypes.GZIP });
    await producer.send({ topic: topic.name, messages: [{ partition: 0, key: 'k', value: 'third' }] });
    await producer.disconnect();

    const read = await topic.read();
    expect(read.map(({ partition, offset, key, value }) => [partition, Number(offset), key, value.toString()])).toEqual([
      [0, 0, 'k', 'größer 🎉'],
      [0, 1, 'k', 'second'],
      [0, 2, 'k', 'third'],
      [2, 0, null, '{}'],
    ]);
    expect(read[0].headers).toEqual({ a: '1', b: 'ü' });
    expect(read.map(({ codec }) => codec)).toEqual([1, 1, 0, 1]);
  });
});
