/*
 * CPU a message from the batcher to the acknowledgement by a real broker, by engine; and what single steps cost:
 *
 *     npm run build && KAFKA_HOSTS=127.0.0.1:9092 node test/bench/kafka-engines.bench.ts [messages] [dist]
 *
 * Messages of 1.1 KB with seven headers, 20 a delivery, 50 deliveries at a time, over three partitions. The last line
 * is the fast engine's own `Producer.send` with batches of 500, for comparison. CPU is user and system time of this
 * whole process: the garbage collector's threads count.
 */
import 'reflect-metadata';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { NestFactory } from '@nestjs/core';
import { Producer } from '@platformatic/kafka';
import type { KafkaConfig, ProducedMessage } from '../../libs/kafka/src/index.js';

const [count = '200000', dist = 'dist'] = process.argv.slice(2);
const load = (path: string) => import(pathToFileURL(resolve(dist, path)).href);
const kafka = (await load('libs/kafka/src/index.js')) as typeof import('../../libs/kafka/src/index.js');
const { Clock, SystemClock } = (await load('libs/event/src/index.js')) as typeof import('../../libs/event/src/index.js');
const { contentSize, encodeRecordBatch, partitionOf } = kafka;

const hosts = (process.env.KAFKA_HOSTS ?? '127.0.0.1:9092').split(',');
const topic = `bench-${process.pid}`;
const value = Buffer.from(JSON.stringify({ data: 'x'.repeat(1080) }));

function message(i: number): ProducedMessage {
  const id = `018f6b2c-7d1e-7000-8000-${String(i).padStart(12, '0')}`;
  const token = 'phc_abcdefghijklmnopqrstuvwxyz0123456789ABCDEFG';
  const headers = {
    token,
    distinct_id: id,
    timestamp: '1750000000000',
    event: '$pageview',
    uuid: id,
    now: '2025-07-01T11:00:00.000Z',
    session_id: id,
  };
  return { topic, key: `${token}:${id}`, value, headers };
}

/** Microseconds of CPU for each of `count` messages. */
async function cpuOf(messages: number, work: () => unknown): Promise<string> {
  const before = process.cpuUsage();
  const start = performance.now();
  await work();
  const { user, system } = process.cpuUsage(before);
  const rate = Math.round((messages / (performance.now() - start)) * 1000);
  return `${((user + system) / messages).toFixed(2).padStart(6)} µs a message, ${rate.toLocaleString('en')} a second`;
}

/** Once to warm up, then measured. */
async function report(name: string, messages: number, work: () => unknown): Promise<void> {
  await work();
  console.log(name.padEnd(34), await cpuOf(messages, work));
}

/** The room as the gateway has it, without the gateway. */
async function startRoom(settings: Partial<KafkaConfig>) {
  class Surroundings {}
  const config = { provide: kafka.KafkaConfig, useValue: Object.assign(new kafka.KafkaConfig(), { hosts, ...settings }) };
  const providers = [config, { provide: Clock, useClass: SystemClock }];
  const surroundings = { module: Surroundings, global: true, providers, exports: providers.map(({ provide }) => provide) };
  const app = await NestFactory.createApplicationContext({ ...surroundings, imports: [kafka.KafkaModule.forRoot()] }, { logger: false });
  return { batcher: app.get(kafka.Batcher), engine: app.get(kafka.ProducerEngine), stop: () => app.close() };
}

async function engine(settings: Partial<KafkaConfig>, total: number): Promise<void> {
  const room = await startRoom(settings);
  const one = async (share: number) => {
    for (let i = 0; i < share; i += 20) {
      const { failures } = await room.batcher.deliver(Array.from({ length: 20 }, (_, k) => message(i + k)));
      if (failures.length > 0) throw new Error(JSON.stringify(failures[0]));
    }
  };
  const name = Object.values(settings).join(' ');
  await report(name, total, () => Promise.all(Array.from({ length: 50 }, () => one(total / 50))));
  await room.stop();
}

async function steps(): Promise<void> {
  const messages = Array.from({ length: 500 }, (_, i) => message(i));
  const records = messages.map((one) => ({ message: one, size: contentSize(one) }));
  const identity = { timestamp: Date.now(), producerId: -1n, producerEpoch: -1, baseSequence: -1 };
  const repeat = (work: () => void) => () => {
    for (let i = 0; i < 400; i++) work();
  };
  await report(
    'step: size',
    200_000,
    repeat(() => messages.forEach(contentSize)),
  );
  await report(
    'step: partition',
    200_000,
    repeat(() => messages.forEach(({ key }) => partitionOf(key!, 64))),
  );
  await report(
    'step: encode with checksum',
    200_000,
    repeat(() => void encodeRecordBatch(records, identity, 'none')),
  );
}

async function stockProducer(total: number): Promise<void> {
  const producer = new Producer<Buffer>({ clientId: 'bench', bootstrapBrokers: hosts, retries: 0 });
  const send = async () => {
    for (let i = 0; i < total; i += 500) {
      const batch = Array.from({ length: 500 }, (_, k) => message(i + k)).map(({ key, value: bytes, headers }) => ({
        topic,
        key: Buffer.from(key as string),
        value: bytes!,
        headers: new Map(Object.entries(headers).map(([name, text]) => [Buffer.from(name), Buffer.from(text as string)])),
      }));
      await producer.send({ messages: batch, acks: -1 });
    }
  };
  await report('stock platformatic Producer.send', total, send);
  await producer.close();
}

await steps();
const setUp = await startRoom({});
await setUp.engine.createTopics([{ topic, partitions: 3, replication: 1 }]);
await setUp.stop();
await engine({ producer: 'platformatic' }, Number(count));
await engine({ producer: 'platformatic', compression: 'lz4' }, Number(count) / 2);
await engine({ producer: 'kafkajs' }, Number(count) / 4);
await stockProducer(Number(count) / 2);
