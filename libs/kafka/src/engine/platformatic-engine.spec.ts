import { describe, expect, it } from 'vitest';
import { SeededRandom, VirtualTime } from '@app/testing';
import { KafkaConfig } from '../kafka.config.js';
import type { ProducedMessage } from '../produced-message.js';
import { contentSize } from '../records/record.js';
import { ModelCluster } from '../testing/model-cluster.js';
import { PlatformaticEngine } from './platformatic-engine.js';
import type { PartitionBatch } from './producer-engine.js';

/** Nobody lets virtual time pass here. */
class RealTime extends VirtualTime {
  override after(...[ms, run]: Parameters<VirtualTime['after']>): ReturnType<VirtualTime['after']> {
    setTimeout(run, ms).unref();
    return super.after(ms, run);
  }
}

async function anEngine(): Promise<{ engine: PlatformaticEngine; cluster: ModelCluster }> {
  const cluster = new ModelCluster({ nodes: 1, topics: { events: 3 }, random: new SeededRandom(1), time: new RealTime() });
  const engine = new PlatformaticEngine(Object.assign(new KafkaConfig(), { hosts: ['127.0.0.1:0'], topic: 'events' }), cluster.client());
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
