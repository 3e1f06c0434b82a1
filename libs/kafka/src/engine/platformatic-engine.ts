import { findErrorBy, initProducerIdV3, metadataV9, type Admin, type Connection, type Writer } from '@platformatic/kafka';
import { turnFor } from '@app/pipeline';
import type { KafkaConfig } from '../kafka.config.js';
import { topicSettings, type Lane, type TopicSettings } from '../topic-settings.js';
import { encodeRecordBatch, type BatchIdentity } from '../records/record-batch.js';
import { keepErrors, request } from './broker-request.js';
import { errorName } from './error-table.js';
import { openAdmin, parseAddress, type Address } from './open-admin.js';
import { PRODUCE_API, PRODUCE_VERSION, parseProduceResponse, produceRequest, type ProduceResponse } from './produce-request.js';
import {
  ProducerEngine,
  type ClusterClock,
  type ClusterMetadata,
  type NewTopic,
  type PartitionBatch,
  type PartitionOutcome,
  type TopicMetadata,
} from './producer-engine.js';
import { ProducerSequences, anonymous, type ProducerId } from './producer-sequences.js';
import { controllerClock } from '../survey/controller-clock.js';
import { failedHere, isSequenceLost, nameOf, outcomeOf, requestRefused, unanswered, type ErrorDetail } from './refusal.js';

/**
 * `@platformatic/kafka` below its `Producer`: its connections (TLS, login, framing, timeouts) and its parsers, with
 * Produce requests built here straight from the batches. `Producer.send` costs a validation, two Maps and a BigInt a
 * message, hides the errors of all partitions but the first, and has a retry and a sequence of its own.
 */
export class PlatformaticEngine extends ProducerEngine {
  readonly #client: Admin;
  /** Connections of their own for recordings and AI events; opened with the first of them. */
  readonly #others: Partial<Record<Exclude<Lane, 'events'>, Admin>> = {};
  /** Of their own for small questions, which must not stand behind what is under way; opened with the first. */
  #questions: Admin | undefined;
  readonly #bootstrap: readonly Address[];
  readonly #sequences: ProducerSequences | undefined;
  #brokers: ReadonlyMap<number, Address> = new Map();
  #asked = 0;
  readonly #settingsOf: (topic: string) => TopicSettings;

  constructor(
    private readonly config: KafkaConfig,
    private readonly open: (config: KafkaConfig) => Admin = openAdmin,
  ) {
    super();
    this.#settingsOf = topicSettings(config);
    this.#bootstrap = config.hosts.map(parseAddress);
    this.#client = open(config);
    this.#sequences = config.enableIdempotence ? new ProducerSequences(() => this.#newProducer()) : undefined;
  }

  async metadata(topics: readonly string[]): Promise<ClusterMetadata> {
    const connection = await this.#anyConnection();
    const { key, version } = metadataV9.api;
    const response = await request(connection, key, version, () => metadataV9.createRequest([...topics], false), parseMetadata);
    this.#sequences?.prepare();
    this.#brokers = new Map(response.brokers.map(({ nodeId, host, port }) => [nodeId, { host, port }]));
    return {
      brokers: response.brokers.map(({ nodeId, host, port }) => ({ id: nodeId, address: `${host}:${port}` })),
      topics: new Map(response.topics.map((topic) => [topic.name ?? '', topicMetadata(topic)])),
    };
  }

  async produce(batches: readonly PartitionBatch[]): Promise<readonly PartitionOutcome[]> {
    const { topic, leader } = batches[0];
    let connection: Connection;
    try {
      connection = await this.#clientOf(topic).connections.get(this.#addressOf(leader));
    } catch (error) {
      return batches.map((batch) => this.#settle(batch, unanswered(error, false), false));
    }
    const encoded = await Promise.all(batches.map((batch) => this.#tryEncode(batch)));
    const [sent, bytes]: [PartitionBatch[], Buffer[]] = [[], []];
    for (const [i, one] of encoded.entries()) {
      if (!Buffer.isBuffer(one)) continue;
      sent.push(batches[i]);
      bytes.push(one);
    }
    const outcomes = (await this.#send(connection, sent, bytes))[Symbol.iterator]();
    return batches.map((batch, i) => {
      const one = encoded[i];
      return Buffer.isBuffer(one) ? outcomes.next().value! : this.#settle(batch, one, false);
    });
  }

  async #send(connection: Connection, batches: readonly PartitionBatch[], encoded: readonly Buffer[]): Promise<PartitionOutcome[]> {
    if (batches.length === 0) return [];
    let writer: Writer;
    try {
      writer = produceRequest(batches, encoded, this.config.deliveryDeadlineMs);
    } catch (error) {
      return batches.map((batch) => this.#settle(batch, failedHere(error), false));
    }
    try {
      return this.#outcomes(batches, await request(connection, PRODUCE_API, PRODUCE_VERSION, () => writer, parseProduceResponse));
    } catch (error) {
      const code = protocolCode(error);
      const outcome = code === undefined ? unanswered(error, true) : requestRefused(code, true);
      return batches.map((batch) => this.#settle(batch, outcome, false));
    }
  }

  async createTopics(topics: readonly NewTopic[]): Promise<void> {
    for (const { topic, partitions, replication } of topics) {
      try {
        await this.#client.createTopics({ topics: [topic], partitions, replicas: replication });
      } catch (error) {
        if (findErrorBy(error as Error, 'apiId', 'TOPIC_ALREADY_EXISTS') === null) throw error;
      }
    }
  }

  /** On a connection of its own: a broker that does not know the question hangs up. */
  override async clusterClock(): Promise<ClusterClock> {
    const admin = this.open(this.config);
    try {
      return await controllerClock(await admin.connections.getFirstAvailable(this.#inTurn()));
    } catch (error) {
      return { error: nameOf(error) };
    } finally {
      await Promise.resolve(admin.close()).catch(() => undefined);
    }
  }

  /** For the metadata of no topic: every version knows it, and it waits for no disk and no replica. */
  override async ping(leader: number): Promise<void> {
    const address = this.#addressOf(leader);
    const connection = await (this.#questions ??= this.open(this.config)).connections.get(address);
    await request(connection, metadataV9.api.key, metadataV9.api.version, () => metadataV9.createRequest([], false), parseMetadata);
  }

  async close(): Promise<void> {
    await Promise.all([this.#client.close(), ...Object.values(this.#others).map((client) => client.close()), this.#questions?.close()]);
  }

  #clientOf(topic: string): Admin {
    const { lane } = this.#settingsOf(topic);
    if (lane === 'events') return this.#client;
    return (this.#others[lane] ??= this.open(this.config));
  }

  #outcomes(batches: readonly PartitionBatch[], response: ProduceResponse): PartitionOutcome[] {
    const answers = new Map<string, { errorCode: number; baseOffset: bigint } & ErrorDetail>();
    for (const { name, partitionResponses } of response.responses) {
      for (const answer of partitionResponses) answers.set(`${name}/${answer.index}`, answer);
    }
    return batches.map((batch) => {
      const answer = answers.get(`${batch.topic}/${batch.partition}`);
      if (answer === undefined) return this.#settle(batch, unanswered(new Error('no answer for the partition'), true), false);
      return this.#settle(batch, outcomeOf(answer.errorCode, answer.baseOffset, answer), isSequenceLost(answer.errorCode));
    });
  }

  /** Numbers are asked of a broker; all else happens here, and is no broker's fault. */
  async #tryEncode(batch: PartitionBatch): Promise<Buffer | PartitionOutcome> {
    let identity: BatchIdentity;
    try {
      identity = this.#sequences === undefined ? anonymous(batch) : await this.#sequences.claim(batch);
    } catch (error) {
      const code = protocolCode(error);
      return code === undefined ? unanswered(error, false) : requestRefused(code, false);
    }
    try {
      // A megabyte takes a millisecond or two, compressed: not for eight partitions in one go.
      const turn = turnFor(bytesOf(batch));
      if (turn !== undefined) await turn;
      return await encodeRecordBatch(batch.records, identity, this.#settingsOf(batch.topic).compression);
    } catch (error) {
      return failedHere(error);
    }
  }

  #settle(batch: PartitionBatch, outcome: PartitionOutcome, sequenceLost: boolean): PartitionOutcome {
    return this.#sequences === undefined ? outcome : this.#sequences.settle(batch, outcome, sequenceLost);
  }

  async #newProducer(): Promise<ProducerId> {
    const connection = await this.#anyConnection();
    return initProducerIdV3.api.async(connection, null, this.config.socketTimeoutMs);
  }

  #anyConnection(): Promise<Connection> {
    return this.#client.connections.getFirstAvailable(this.#inTurn());
  }

  /** Begins with another broker each time, so that one that hangs does not hold up every question. */
  #inTurn(): Address[] {
    const known = [...this.#brokers.values(), ...this.#bootstrap];
    const first = this.#asked++ % known.length;
    return [...known.slice(first), ...known.slice(0, first)];
  }

  #addressOf(leader: number): Address {
    const address = this.#brokers.get(leader);
    if (address === undefined) throw new Error(`LEADER_NOT_AVAILABLE: no address for node ${leader}`);
    return address;
  }
}

function bytesOf({ records }: PartitionBatch): number {
  let bytes = 0;
  for (const { size } of records) bytes += size;
  return bytes;
}

/** Kafka's code for why a request was refused; undefined when it was not answered. */
function protocolCode(error: unknown): number | undefined {
  const code = findErrorBy(error as Error, 'code', 'PLT_KFK_PROTOCOL')?.apiCode;
  return typeof code === 'number' ? code : undefined;
}

type MetadataResponse = ReturnType<typeof metadataV9.parseResponse>;
type TopicAnswer = MetadataResponse['topics'][number];

const parseMetadata: typeof metadataV9.parseResponse = (...wire) => keepErrors(() => metadataV9.parseResponse(...wire));

function topicMetadata({ errorCode, partitions }: TopicAnswer): TopicMetadata {
  if (errorCode !== 0) return { error: errorName(errorCode) };
  const leaders: number[] = new Array<number>(partitions.length).fill(-1);
  for (const { partitionIndex, leaderId } of partitions) leaders[partitionIndex] = leaderId;
  return { leaders };
}
