import { Kafka, logLevel, type Admin } from 'kafkajs';

async function withAdmin<T>(hosts: string, use: (admin: Admin) => Promise<T>): Promise<T> {
  const kafka = new Kafka({ brokers: hosts.split(','), clientId: 'inlet-chaos-admin', logLevel: logLevel.NOTHING, retry: { retries: 10 } });
  const admin = kafka.admin();
  await admin.connect();
  try {
    return await use(admin);
  } finally {
    await admin.disconnect();
  }
}

export interface TopicOptions {
  readonly partitions?: number;
  readonly replicas?: number;
  /** E.g. `min.insync.replicas`. */
  readonly settings?: Readonly<Record<string, string>>;
}

export async function createTopic(
  hosts: string,
  topic: string,
  { partitions = 3, replicas = 1, settings = {} }: TopicOptions = {},
): Promise<void> {
  const configEntries = Object.entries(settings).map(([name, value]) => ({ name, value }));
  await withAdmin(hosts, (admin) =>
    admin.createTopics({
      waitForLeaders: true,
      topics: [{ topic, numPartitions: partitions, replicationFactor: replicas, configEntries }],
    }),
  );
}

export async function deleteTopic(hosts: string, topic: string): Promise<void> {
  await withAdmin(hosts, (admin) => admin.deleteTopics({ topics: [topic] }));
}

export async function addPartitions(hosts: string, topic: string, count: number): Promise<void> {
  await withAdmin(hosts, (admin) => admin.createPartitions({ topicPartitions: [{ topic, count }] }));
}

/** Node ids, by partition. */
export async function leadersOf(hosts: string, topic: string): Promise<number[]> {
  const { topics } = await withAdmin(hosts, (admin) => admin.fetchTopicMetadata({ topics: [topic] }));
  return topics[0].partitions.toSorted((a, b) => a.partitionId - b.partitionId).map(({ leader }) => leader);
}
