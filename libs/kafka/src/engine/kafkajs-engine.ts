import kafkajs, {
  type Admin,
  type IHeaders,
  type ITopicMetadata,
  type Kafka,
  type Message,
  type Producer,
  type ProducerConfig,
} from 'kafkajs';
import type { KafkaConfig } from '../kafka.config.js';
import { topicSettings, type TopicSettings } from '../topic-settings.js';
import type { ProducedMessage } from '../produced-message.js';
import { login, tlsOptions } from './connection-options.js';
import { KAFKAJS_CODECS, registerCodecs } from './kafkajs-codecs.js';
import {
  ProducerEngine,
  type ClusterMetadata,
  type NewTopic,
  type PartitionBatch,
  type PartitionOutcome,
  type TopicMetadata,
} from './producer-engine.js';
import { errorName } from './error-table.js';
import { failedHere, nameOf, outcomeOf, unanswered } from './refusal.js';
import { within } from './time-bounds.js';

/** acks=all, said aloud. */
const ALL_REPLICAS = -1;

/**
 * `kafkajs`, for clusters where the faster engine is not trusted yet.
 *
 * - One request a partition: for a request of several it throws the first error and tells nothing of the others.
 * - One producer a topic: a producer never forgets a topic, and one that was deleted fails its sends to all others.
 * - Never idempotent: it insists on retrying by itself, and takes back a sequence number when an answer is lost, so
 *   that the next batch would pass for a copy of the lost one and be acknowledged unwritten.
 * - Without idempotence a batch whose answer came too late may be written after its own repetition.
 */
export class KafkajsEngine extends ProducerEngine {
  readonly #admin: Connected<Admin>;
  readonly #kafka: Kafka;
  readonly #producers = new Map<string, Connected<Producer>>();
  readonly #settingsOf: (topic: string) => TopicSettings;

  constructor(private readonly config: KafkaConfig) {
    super();
    this.#settingsOf = topicSettings(config);
    registerCodecs();
    this.#kafka = newClient(config);
    this.#admin = new Connected(this.#kafka.admin({ retry: { retries: 0 } }));
  }

  async metadata(topics: readonly string[]): Promise<ClusterMetadata> {
    const admin = await this.#admin.get();
    const { brokers } = await admin.describeCluster();
    return {
      brokers: brokers.map(({ nodeId, host, port }) => ({ id: nodeId, address: `${host}:${port}` })),
      topics: await topicMetadata(admin, topics),
    };
  }

  async produce(batches: readonly PartitionBatch[]): Promise<readonly PartitionOutcome[]> {
    return Promise.all(batches.map((batch) => this.#send(batch)));
  }

  async createTopics(topics: readonly NewTopic[]): Promise<void> {
    const admin = await this.#admin.get();
    // Answers false, instead of throwing, for a topic that exists.
    for (const { topic, partitions, replication } of topics) {
      await admin.createTopics({ topics: [{ topic, numPartitions: partitions, replicationFactor: replication }] });
    }
  }

  async close(): Promise<void> {
    await Promise.allSettled([this.#admin, ...this.#producers.values()].map((one) => one.client.disconnect()));
  }

  async #send(batch: PartitionBatch): Promise<PartitionOutcome> {
    const { topic, records } = batch;
    let producer: Producer;
    try {
      producer = await this.#producerOf(topic).get();
    } catch (error) {
      return unanswered(error, false);
    }
    try {
      const [answer] = await producer.send({
        topic,
        acks: ALL_REPLICAS,
        timeout: this.config.deliveryDeadlineMs,
        compression: KAFKAJS_CODECS[this.#settingsOf(topic).compression],
        messages: records.map(({ message }) => toKafkajs(message, batch)),
      });
      return outcomeOf(answer?.errorCode ?? 0, BigInt(answer?.baseOffset ?? -1));
    } catch (error) {
      const code = protocolCode(error);
      if (code !== undefined) return outcomeOf(code, -1n);
      return isOurs(error) ? failedHere(error, true) : unanswered(error, mayHaveBeenSent(error));
    }
  }

  #producerOf(topic: string): Connected<Producer> {
    let producer = this.#producers.get(topic);
    if (producer === undefined) {
      producer = new Connected(this.#kafka.producer({ ...PRODUCER_OPTIONS, metadataMaxAge: this.config.metadataMaxAgeMs }));
      this.#producers.set(topic, producer);
    }
    return producer;
  }
}

const PRODUCER_OPTIONS: ProducerConfig = {
  allowAutoTopicCreation: false,
  retry: { retries: 0 },
  // The batcher has chosen already.
  createPartitioner:
    () =>
    ({ message }) =>
      message.partition ?? 0,
};

/** A client that connects when it is first needed, and tries again as often as it fails. */
class Connected<T extends Admin | Producer> {
  #connecting: Promise<T> | undefined;

  constructor(readonly client: T) {}

  get(): Promise<T> {
    this.#connecting ??= this.client.connect().then(
      () => this.client,
      (error: unknown) => {
        this.#connecting = undefined;
        throw error;
      },
    );
    return this.#connecting;
  }
}

/** kafkajs fails as a whole for one unknown topic, so that each must then be asked for alone. */
async function topicMetadata(admin: Admin, topics: readonly string[]): Promise<Map<string, TopicMetadata>> {
  if (topics.length === 0) return new Map();
  const fetch = async (names: readonly string[]) => (await admin.fetchTopicMetadata({ topics: [...names] })).topics;
  const together = await fetch(topics).catch(() => undefined);
  if (together !== undefined) return new Map(together.map((topic) => [topic.name, leadersOf(topic)]));
  const found = new Map<string, TopicMetadata>();
  for (const topic of topics) {
    const [alone] = await fetch([topic]).catch((error: unknown) => [problemOf(error)]);
    found.set(topic, alone === undefined || typeof alone === 'string' ? { error: alone ?? 'no answer' } : leadersOf(alone));
  }
  return found;
}

function newClient(config: KafkaConfig): Kafka {
  const sasl = login(config);
  const ssl = tlsOptions(config);
  return new kafkajs.Kafka({
    clientId: config.clientId,
    brokers: [...config.hosts],
    connectionTimeout: config.connectionTimeoutMs,
    requestTimeout: config.socketTimeoutMs,
    // What goes wrong is reported as values; its own log would repeat it a line an attempt.
    logLevel: kafkajs.logLevel.NOTHING,
    retry: { retries: 0 },
    ...(ssl && { ssl }),
    ...(sasl && { sasl: { ...sasl, mechanism: sasl.mechanism as 'plain' } }),
  });
}

function toKafkajs({ key, value, headers, timestamp }: ProducedMessage, batch: PartitionBatch): Message {
  const time = within(timestamp ?? batch.timestamp, batch.bounds);
  return { key, value, headers: headers as IHeaders, partition: batch.partition, timestamp: String(time) };
}

function leadersOf({ partitions }: ITopicMetadata): TopicMetadata {
  const leaders = new Array<number>(partitions.length).fill(-1);
  for (const { partitionId, leader } of partitions) leaders[partitionId] = leader;
  return { leaders };
}

/** Kafka's error code anywhere in the chain of wrappers. */
function protocolCode(error: unknown): number | undefined {
  let current = error;
  for (let depth = 0; depth < 8 && current instanceof Error; depth++) {
    const { code, name } = current as Error & { code?: unknown };
    if (name === 'KafkaJSProtocolError' && typeof code === 'number') return code;
    current = current.cause;
  }
  return undefined;
}

/** What JavaScript itself throws, at the bottom: a message that cannot be encoded, or no memory. */
function isOurs(error: unknown): boolean {
  let current = error;
  for (let depth = 0; depth < 8 && current instanceof Error && current.cause instanceof Error; depth++) current = current.cause;
  return current instanceof TypeError || current instanceof RangeError;
}

/** Only a connection that was never made is certain. */
function mayHaveBeenSent(error: unknown): boolean {
  let current = error;
  for (let depth = 0; depth < 8 && current instanceof Error; depth++) {
    if (['KafkaJSConnectionError', 'KafkaJSBrokerNotFound', 'KafkaJSMetadataNotLoaded'].includes(current.name)) return false;
    current = current.cause;
  }
  return true;
}

function problemOf(error: unknown): string {
  const code = protocolCode(error);
  return code === undefined ? nameOf(error) : errorName(code);
}
