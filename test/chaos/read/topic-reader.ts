import { randomUUID } from 'node:crypto';
import { Consumer } from '@platformatic/kafka';

type Batches = NonNullable<Awaited<ReturnType<Consumer['fetch']>>['responses'][number]['partitions'][number]['records']>;

export interface TopicRecord {
  readonly partition: number;
  readonly offset: bigint;
  readonly key: string | null;
  readonly value: Buffer;
  readonly headers: ReadonlyMap<string, string>;
}

const MAX_BYTES = 16 << 20;
const ATTEMPTS = 20;

/** Reads a topic from given offsets to where it ends now, without a consumer group. */
export class TopicReader {
  readonly #hosts: string;
  readonly #topic: string;

  constructor(hosts: string, topic: string) {
    this.#hosts = hosts;
    this.#topic = topic;
  }

  /** Where each partition ends now. */
  ends(): Promise<bigint[]> {
    return this.#with((consumer) => this.#offsets(consumer, -1n));
  }

  /** @param from first offset of each partition; the beginning for those not given */
  async read(take: (record: TopicRecord) => void, from: readonly bigint[] = []): Promise<void> {
    await this.#with(async (consumer) => {
      const [starts, ends] = [await this.#offsets(consumer, -2n), await this.#offsets(consumer, -1n)];
      for (const [partition, end] of ends.entries())
        await this.#readPartition(consumer, partition, from[partition] ?? starts[partition], end, take);
    });
  }

  async #with<T>(use: (consumer: Consumer) => Promise<T>): Promise<T> {
    const consumer = new Consumer({
      clientId: 'inlet-chaos',
      groupId: `inlet-chaos-${randomUUID()}`,
      bootstrapBrokers: this.#hosts.split(','),
      retries: 20,
      retryDelay: 250,
    });
    try {
      return await use(consumer);
    } finally {
      await consumer.close(true).catch(() => {});
    }
  }

  async #offsets(consumer: Consumer, timestamp: bigint): Promise<bigint[]> {
    return patiently(async () => (await consumer.listOffsets({ topics: [this.#topic], timestamp })).get(this.#topic) ?? []);
  }

  async #readPartition(
    consumer: Consumer,
    partition: number,
    from: bigint,
    end: bigint,
    take: (record: TopicRecord) => void,
  ): Promise<void> {
    let next = from;
    while (next < end) {
      const batches = await patiently(() => this.#fetch(consumer, partition, next));
      if (batches.length === 0) throw new Error(`${this.#topic}/${partition} gives nothing at ${next}, though it ends at ${end}`);
      for (const batch of batches) {
        for (const { key, value, headers, offsetDelta } of batch.records) {
          const offset = batch.firstOffset + BigInt(offsetDelta);
          // A fetch from the middle of a batch gives the whole batch.
          if (offset < next) continue;
          const texts = new Map(headers.map(([name, text]) => [String(name), String(text)]));
          take({ partition, offset, key: key === null ? null : String(key), value: value ?? Buffer.alloc(0), headers: texts });
        }
        next = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n;
      }
    }
  }

  async #fetch(consumer: Consumer, partition: number, fetchOffset: bigint): Promise<Batches> {
    const topic = (await consumer.metadata({ topics: [this.#topic] })).topics.get(this.#topic);
    const node = topic?.partitions[partition]?.leader;
    if (topic === undefined || node === undefined || node < 0) throw new Error(`${this.#topic}/${partition} has no leader`);
    const wanted = { partition, currentLeaderEpoch: -1, fetchOffset, lastFetchedEpoch: -1, partitionMaxBytes: MAX_BYTES };
    const topics = [{ topicId: topic.id, partitions: [wanted] }];
    const { responses } = await consumer.fetch({ node, topics, maxWaitTime: 500, minBytes: 1, maxBytes: MAX_BYTES });
    return responses[0]?.partitions[0]?.records ?? [];
  }
}

/** Brokers that have just come back refuse for a while. */
async function patiently<T>(ask: () => Promise<T>): Promise<T> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await ask();
    } catch (error) {
      if (attempt === ATTEMPTS) throw error;
      await new Promise((done) => setTimeout(done, 500));
    }
  }
}
