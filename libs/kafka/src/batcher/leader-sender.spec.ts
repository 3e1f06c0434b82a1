import { SystemClock } from '@app/event';
import { expect, it } from 'vitest';
import { NoKafkaMetrics } from '../kafka-metrics.js';
import { KafkaHealth } from '../kafka-health.js';
import { FakeEngine } from '../testing/fake-engine.js';
import { LeaderSender } from './leader-sender.js';
import type { OutgoingBatch } from './partition-queue.js';

const MIB = 1024 * 1024;
const batch = (topic: string, partition: number, bytes = 100) =>
  ({ topic, partition, leader: 1, records: [], timestamp: 0, bytes }) as unknown as OutgoingBatch;

async function requestsFor(batches: readonly OutgoingBatch[]): Promise<string[][]> {
  const engine = new FakeEngine();
  const clock = new SystemClock();
  const laneOf = (topic: string) => (topic === 'recordings' ? 'recordings' : 'events');
  const sender = new LeaderSender(engine, clock, new KafkaHealth(clock), new NoKafkaMetrics(), laneOf);
  const ended: OutgoingBatch[] = [];
  await new Promise<void>((resolve) => {
    sender.send(batches, (part, outcomes) => {
      expect(outcomes).toHaveLength(part.length);
      if (ended.push(...part) === batches.length) resolve();
    });
  });
  return engine.requests.map((request) => request.map(({ topic, partition }) => `${topic}/${partition}`));
}

it('puts the batches of a leader into one request', async () => {
  expect(await requestsFor([batch('events', 0), batch('other', 1), batch('events', 2)])).toEqual([['events/0', 'other/1', 'events/2']]);
});

it('sends recordings apart from events', async () => {
  const batches = [batch('events', 0), batch('recordings', 0), batch('events', 1), batch('recordings', 1)];
  expect(await requestsFor(batches)).toEqual([
    ['events/0', 'events/1'],
    ['recordings/0', 'recordings/1'],
  ]);
});

it('cuts what is more than 16 MiB, and recordings at 2', async () => {
  const batches = [batch('events', 0, 10 * MIB), batch('events', 1, 6 * MIB), batch('events', 2, 1)];
  expect(await requestsFor(batches)).toEqual([['events/0', 'events/1'], ['events/2']]);
  const recordings = [0, 1, 2].map((partition) => batch('recordings', partition, MIB));
  expect(await requestsFor(recordings)).toEqual([['recordings/0', 'recordings/1'], ['recordings/2']]);
});
