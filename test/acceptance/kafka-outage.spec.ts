import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PRODUCERS, type ProducedMessage } from '@app/kafka';
import { EphemeralTopic } from '@app/testing';
import { isOnPath } from '../services/commands.ts';
import { startKafka, type Broker } from '../services/kafka.ts';
import { startKafkaRoom } from './fixtures/kafka-room.ts';

const message = (topic: string, value: string): ProducedMessage => ({ topic, key: 'k', value: Buffer.from(value), headers: {} });
const pause = (ms: number) => new Promise((done) => setTimeout(done, ms));

/** A broker of this file's own, to be killed. */
describe.skipIf(!isOnPath('java'))('a broker that dies and comes back', () => {
  let broker: Broker;
  let port: number;

  beforeAll(async () => {
    broker = await startKafka({ line: '4.x' });
    port = Number(broker.hosts.split(':')[1]);
  });
  afterAll(() => broker?.stop());

  it.each(PRODUCERS)('is noticed, and is sent in order what waited for it, with %s', async (producer) => {
    const topic = await EphemeralTopic.create(broker.hosts);
    const room = await startKafkaRoom({ producer, hosts: [broker.hosts], deliveryDeadlineMs: 60_000, socketTimeoutMs: 5000 });
    expect(await room.batcher.deliver([message(topic.name, '0')])).toMatchObject({ delivered: 1 });

    await broker.kill();
    const waiting: Promise<{ delivered: number }>[] = [];
    for (let i = 1; i <= 20; i++) {
      waiting.push(room.batcher.deliver([message(topic.name, `${i}`)]));
      await pause(20);
    }
    await expect.poll(() => room.health.report().reachable, { timeout: 10_000 }).toBe(false);

    broker = await startKafka({ line: '4.x', port, folder: broker.folder });
    expect((await Promise.all(waiting)).every(({ delivered }) => delivered === 1)).toBe(true);
    expect(room.health.report()).toMatchObject({ reachable: true, brokers: [{ reachable: true }], undelivered: 0 });
    const read = (await topic.read()).map(({ value }) => Number(value));
    expect(read.filter((value, i) => read.indexOf(value) === i)).toEqual(Array.from({ length: 21 }, (_, i) => i));
    await room.stop();
    await topic.delete();
  });
});
