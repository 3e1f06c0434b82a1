import { describe, expect, it } from 'vitest';
import { KafkaConfig } from '../kafka.config.js';
import type { ProducedMessage } from '../produced-message.js';
import { contentSize } from '../records/record.js';
import { ModelCluster } from '../testing/model-cluster.js';
import { SeededRandom } from '../testing/seeded-random.js';
import { PlatformaticEngine } from './platformatic-engine.js';
import type { PartitionBatch } from './producer-engine.js';

async function anEngine(): Promise<{ engine: PlatformaticEngine; cluster: ModelCluster }> {
  const cluster = new ModelCluster(1, 3, new SeededRandom(1), [0], 'events');
  cluster.isStormy = false;
  const engine = new PlatformaticEngine(Object.assign(new KafkaConfig(), { hosts: ['127.0.0.1:0'], topic: 'events' }), cluster.open);
  await engine.metadata(['events']);
  return { engine, cluster };
}

function batch(partition: number, value: string, over: Partial<ProducedMessage> = {}): PartitionBatch {
  const message = { topic: 'events', key: 'k', value: Buffer.from(value), headers: {}, ...over };
  return { topic: 'events', partition, leader: 0, records: [{ message, size: contentSize(message) }], timestamp: 1_796_982_050_000 };
}

describe('PlatformaticEngine', () => {
  it('takes a batch that cannot be encoded for its own failure, and sends the others of the request', async () => {
    const { engine, cluster } = await anEngine();
    const poison = batch(1, 'poison', { timestamp: 1_796_982_060_000.5 });
    const outcomes = await engine.produce([batch(0, 'a'), poison, batch(2, 'b')]);
    expect(outcomes).toMatchObject([
      { ok: true },
      { kind: 'local', ambiguous: false, answered: false, error: 'LOCAL_FAILURE' },
      { ok: true },
    ]);
    expect(cluster.partitions.map(({ log }) => log)).toEqual([['a'], [], ['b']]);
    // Nothing was sent of it: its numbers are free for the next batch.
    expect(await engine.produce([batch(1, 'c')])).toMatchObject([{ ok: true }]);
    expect([cluster.partitions[1].log, cluster.violations]).toEqual([['c'], []]);
  });

  it('does the same when memory is short for all of a request', async () => {
    const { engine, cluster } = await anEngine();
    const huge = { ...batch(0, 'a'), records: [{ message: batch(0, 'a').records[0].message, size: 2 ** 60 }] };
    expect(await engine.produce([huge])).toMatchObject([{ kind: 'local', ambiguous: false }]);
    expect(cluster.answers).toBe(0);
  });
});
