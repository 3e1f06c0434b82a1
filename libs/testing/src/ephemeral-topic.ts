import { randomUUID } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Admin, Consumer } from '@platformatic/kafka';

export interface TopicMessage {
  readonly key: string | null;
  readonly value: Buffer;
  readonly headers: Readonly<Record<string, string>>;
  readonly partition: number;
  readonly offset: bigint;
  /** Unix milliseconds; -1 for none. */
  readonly timestamp: number;
  /** Record attributes' codec: 0 none, 1 gzip, 2 snappy, 3 lz4, 4 zstd. */
  readonly codec: number;
}

export interface EphemeralTopicOptions {
  readonly partitions?: number;
  /** Topic settings, e.g. `{ 'max.message.bytes': '2000' }`. */
  readonly config?: Readonly<Record<string, string>>;
}

type FetchResponse = Awaited<ReturnType<Consumer['fetch']>>;
type RecordsBatch = NonNullable<FetchResponse['responses'][number]['partitions'][number]['records']>[number];
type KafkaRecord = RecordsBatch['records'][number];

const CODEC_BITS = 0b111;
const MAX_BYTES = 50 << 20;

/** A topic of one test: nobody else writes to it, and it is gone afterwards. Reads without a consumer group. */
export class EphemeralTopic {
  private constructor(
    readonly name: string,
    readonly partitions: number,
    private readonly admin: Admin,
    private readonly consumer: Consumer,
  ) {}

  /** @param hosts `host:port`, comma separated, as in `KAFKA_HOSTS` */
  static async create(hosts: string, options: EphemeralTopicOptions = {}): Promise<EphemeralTopic> {
    const { partitions = 1, config = {} } = options;
    const name = `inlet-test-${randomUUID()}`;
    const connection = { clientId: 'inlet-tests', bootstrapBrokers: hosts.split(','), retries: 5, retryDelay: 200 };
    const admin = new Admin(connection);
    const configs = Object.entries(config).map(([key, value]) => ({ name: key, value }));
    await admin.createTopics({ topics: [name], partitions, replicas: 1, configs });
    const topic = new EphemeralTopic(name, partitions, admin, new Consumer({ ...connection, groupId: name }));
    await topic.settle();
    return topic;
  }

  /** Everything that is in the topic now, by partition and offset. */
  async read(): Promise<TopicMessage[]> {
    const ends = (await this.consumer.listOffsets({ topics: [this.name], timestamp: -1n })).get(this.name) ?? [];
    const parts = await Promise.all(ends.map((end, partition) => this.readPartition(partition, end)));
    return parts.flat();
  }

  /** Reads again until `count` messages are there, or the seconds are over; gives what is there then. */
  async readUntil(count: number, seconds = 15): Promise<TopicMessage[]> {
    const deadline = performance.now() + seconds * 1000;
    for (;;) {
      const messages = await this.read();
      if (messages.length >= count || performance.now() > deadline) return messages;
      await sleep(100);
    }
  }

  async delete(): Promise<void> {
    await this.admin.deleteTopics({ topics: [this.name] }).catch(() => {});
    await Promise.allSettled([this.consumer.close(true), this.admin.close()]);
  }

  private async readPartition(partition: number, end: bigint): Promise<TopicMessage[]> {
    const messages: TopicMessage[] = [];
    let next = 0n;
    while (next < end) {
      const batches = await this.fetch(partition, next);
      if (batches.length === 0) throw new Error(`${this.name}/${partition} gives nothing at ${next}, though it ends at ${end}`);
      for (const batch of batches) {
        for (const record of batch.records) {
          const offset = batch.firstOffset + BigInt(record.offsetDelta);
          // A fetch from the middle of a batch gives the whole batch.
          if (offset < next) continue;
          const timestamp = Number(batch.firstTimestamp + record.timestampDelta);
          messages.push(messageOf(record, partition, offset, timestamp, batch.attributes & CODEC_BITS));
        }
        next = batch.firstOffset + BigInt(batch.lastOffsetDelta) + 1n;
      }
    }
    return messages;
  }

  private async fetch(partition: number, fetchOffset: bigint): Promise<readonly RecordsBatch[]> {
    const metadata = await this.consumer.metadata({ topics: [this.name] });
    const topic = metadata.topics.get(this.name);
    const node = topic?.partitions[partition]?.leader;
    if (topic === undefined || node === undefined) throw new Error(`${this.name}/${partition} has no leader`);
    const wanted = { partition, currentLeaderEpoch: -1, fetchOffset, lastFetchedEpoch: -1, partitionMaxBytes: MAX_BYTES };
    const topics = [{ topicId: topic.id, partitions: [wanted] }];
    const { responses } = await this.consumer.fetch({ node, topics, maxWaitTime: 500, minBytes: 1, maxBytes: MAX_BYTES });
    return responses[0]?.partitions[0]?.records ?? [];
  }

  /** A new topic is known to the brokers a moment after it was created. */
  private async settle(): Promise<void> {
    for (let i = 0; i < 50; i++) {
      const ends = await this.consumer.listOffsets({ topics: [this.name], timestamp: -1n }).catch(() => undefined);
      if (ends?.get(this.name)?.length === this.partitions) return;
      await sleep(100);
    }
    throw new Error(`${this.name} did not come up`);
  }
}

function messageOf(record: KafkaRecord, partition: number, offset: bigint, timestamp: number, codec: number): TopicMessage {
  const headers = record.headers.map(([name, value]) => [String(name), String(value)]);
  return {
    key: record.key === null ? null : record.key.toString(),
    value: record.value ?? Buffer.alloc(0),
    headers: Object.fromEntries(headers),
    partition,
    offset,
    timestamp,
    codec,
  };
}
