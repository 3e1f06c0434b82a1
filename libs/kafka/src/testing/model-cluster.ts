import { Reader, type Admin, type Connection, type ResponseParser, type Writer } from '@platformatic/kafka';
import type { Owner, SeededRandom, VirtualTime } from '@app/testing';
import { metadataAnswer, produceAnswer, producerAnswer, type TopicAnswer } from './model-answers.js';
import { ModelNode, once, type Callback, type Exchange } from './model-node.js';
import { ModelPartition } from './model-partition.js';
import { readProduceRequest, type SentBatch } from './read-produce-request.js';
import { SequenceRule, type Given } from './sequence-rule.js';

const PRODUCE = 0;
const METADATA = 3;
const INIT_PRODUCER_ID = 22;
const UNKNOWN_TOPIC_OR_PARTITION = 3;
const NOT_LEADER_OR_FOLLOWER = 6;
const INVALID_TIMESTAMP = 32;
const OUT_OF_ORDER_SEQUENCE_NUMBER = 45;
const DUPLICATE_SEQUENCE_NUMBER = 46;
/** Answers after which a broker may have forgotten the producer. */
const FORGOTTEN = new Set([OUT_OF_ORDER_SEQUENCE_NUMBER, 47, 49, 59, 90]);
/** The record is looked at before it is appended: too large (10, 18), its time (32), its format (43, 76, 87). */
export const CHECKED_BEFORE_APPEND: ReadonlySet<number> = new Set([10, 18, 32, 43, 76, 87]);
/** The closed list: the message is at fault. */
const FOR_GOOD: ReadonlySet<number> = new Set([10, 18, 43, 76, 87]);
/** Kafka's default of `message.timestamp.after.max.ms`. */
const MOST_AHEAD_MS = 3_600_000;

export interface ModelOptions {
  readonly nodes: number;
  /** How many partitions each topic has. */
  readonly topics: Readonly<Record<string, number>>;
  readonly random: SeededRandom;
  readonly time: VirtualTime;
  /** After so long a client gives up on a request; it may be worked on all the same. */
  readonly requestTimeoutMs?: number;
  /** Told of what happens, for a trace and for counts. */
  readonly seen?: (what: string, count: string) => void;
}

type SendArguments = [
  api: number,
  version: number,
  build: () => Writer,
  parse: ResponseParser<unknown>,
  request: boolean,
  response: boolean,
  callback: Callback,
];

/**
 * Brokers as far as a producer can tell them apart: logs, producers' sequences, leaders, and answers on the wire, any
 * code of the protocol among them. With acks=all a leader appends first and may then answer that it leads no more.
 */
export class ModelCluster {
  readonly nodes: readonly ModelNode[];
  readonly topics: ReadonlyMap<string, readonly ModelPartition[]>;
  /** While this is true answers, leaders and connections are anything that Kafka may come up with. */
  isStormy = false;
  /** What stormy answers are drawn from. */
  codes: readonly number[] = [0];
  /** Topics that are not there at the moment. */
  readonly away = new Set<string>();
  /** How far the brokers' clock is ahead of ours. */
  clockAheadMs = 0;
  /** A code for a record that is never taken by a topic; 0 for one that is. */
  refuse: (topic: string, value: string) => number = () => 0;
  /** Values that were in a batch which was refused for good. */
  readonly refusedForGood = new Set<string>();
  /** Those of them that were refused in a batch of their own, so that it is they that are refused. */
  readonly refusedAlone = new Set<string>();
  /** How often a value was in a batch that was refused. */
  readonly refusals = new Map<string, number>();
  /** Promises that were broken, in words. */
  readonly violations: string[] = [];
  answers = 0;
  readonly #rule = new SequenceRule((violation) => this.violations.push(violation));
  readonly #random: SeededRandom;
  readonly #time: VirtualTime;
  readonly #seen: (what: string, count: string) => void;
  #producerIds = 0n;

  constructor(private readonly options: ModelOptions) {
    const { random, time, seen = () => undefined } = options;
    this.#random = random;
    this.#time = time;
    this.#seen = seen;
    this.nodes = Array.from({ length: options.nodes }, () => new ModelNode());
    this.topics = new Map(
      Object.entries(options.topics).map(([topic, count]) => [topic, Array.from({ length: count }, () => new ModelPartition())]),
    );
    for (const partition of this.partitions) partition.leader = random.int(options.nodes);
  }

  get partitions(): ModelPartition[] {
    return [...this.topics.values()].flat();
  }

  /** @returns what stands in the place of the library's client, in the process of `owner` */
  client(owner?: Owner): () => Admin {
    return () =>
      ({
        connections: {
          get: ({ port }: { port: number }) => this.#connect(port, owner),
          getFirstAvailable: async (addresses: readonly { port: number }[]) => {
            for (const { port } of addresses.slice(0, -1)) {
              try {
                return await this.#connect(port, owner);
              } catch {
                // The next one may listen.
              }
            }
            return this.#connect(addresses.at(-1)!.port, owner);
          },
        },
        close: () => Promise.resolve(),
      }) as unknown as Admin;
  }

  #connect(port: number, owner: Owner | undefined): Promise<Connection> {
    const node = port % this.nodes.length;
    const { promise, resolve, reject } = Promise.withResolvers<Connection>();
    const refuse = (code: string) => reject(Object.assign(new Error(`connect ${code}`), { code }));
    const connection = { send: (...given: SendArguments) => this.#send(node, given, owner) } as unknown as Connection;
    const { isDown, isFrozen } = this.nodes[node];
    if (isDown || (this.isStormy && this.#random.chance(0.03))) this.#time.after(1, () => refuse('ECONNREFUSED'), owner);
    // The system of a frozen broker takes connections, as long as it has room for them.
    else if (isFrozen && this.#random.chance(0.3)) this.#time.after(3000, () => refuse('ETIMEDOUT'), owner);
    else resolve(connection);
    return promise;
  }

  #send(node: number, [api, version, build, parse, , , callback]: SendArguments, owner: Owner | undefined): void {
    const request = Buffer.from(build().buffer);
    const { underWay, slowestMs } = this.nodes[node];
    const tell = once(callback, this.#time, owner, () => {
      underWay.delete(exchange);
      patience.isOff = true;
    });
    const exchange: Exchange = {
      work: () => {
        const writer = this.#answer(node, api, request);
        try {
          tell(null, parse(0, api, version, Reader.from(writer.buffer)));
        } catch (error) {
          tell(error as Error);
        }
      },
      workUnseen: () => void this.#answer(node, api, request),
      fail: (code) => tell(Object.assign(new Error(`lost ${code}`), { code })),
    };
    underWay.add(exchange);
    const patience = this.#time.later(this.options.requestTimeoutMs ?? 10_000, () => exchange.fail('ETIMEDOUT'));
    const ms = 1 + this.#random.int(this.isStormy ? Math.max(60, slowestMs) : slowestMs);
    if (this.isStormy && this.#random.chance(0.04)) return this.#loseConnection(exchange);
    this.#time.later(ms, () => {
      // Lost on the way: a connection that was reset brings half of what was sent.
      if (!underWay.has(exchange) && this.#random.chance(0.5)) return;
      if (this.nodes[node].isDown) exchange.fail('ECONNRESET');
      else this.nodes[node].receive(exchange);
    });
  }

  /** What was sent may arrive all the same, long after. */
  #loseConnection(exchange: Exchange): void {
    this.#seen('connection lost', 'answer lost');
    if (this.#random.chance(0.5)) this.#time.later(this.#random.int(800), exchange.workUnseen);
    this.#time.later(this.#random.int(60), () => exchange.fail('ECONNRESET'));
  }

  #answer(node: number, api: number, request: Buffer): Writer {
    if (api === PRODUCE) return this.#produce(node, request);
    if (api === METADATA) return this.#metadata();
    if (api === INIT_PRODUCER_ID) return this.#newProducer();
    throw new Error(`no model of API ${api}`);
  }

  #produce(node: number, request: Buffer): Writer {
    const { acks, batches } = readProduceRequest(request);
    if (acks !== -1) this.violations.push(`a request wants acks=${acks}, not those of all replicas`);
    const answers = batches.map((batch) => {
      const given = this.#rule.note(batch);
      const { code, message } = this.#take(node, batch, given);
      this.answers++;
      this.#seen(`node ${node}: ${batch.topic}/${batch.partition} ${batch.values.length} records: ${code}`, `code ${code}`);
      return { topic: batch.topic, partition: batch.partition, code, message };
    });
    return produceAnswer(answers);
  }

  #take(node: number, batch: SentBatch, given: Given): { code: number; message?: string } {
    const code = this.#codeFor(node, batch);
    if (CHECKED_BEFORE_APPEND.has(code)) given.isVoid = true;
    if (code !== 0) this.#noteRefusal(code, batch.values);
    if (code !== INVALID_TIMESTAMP || this.clockAheadMs === 0) return { code };
    const now = this.#time.trueNow() + this.clockAheadMs;
    return {
      code,
      message: `Timestamp ${batch.timestamp} of message with offset 0 is out of range. The timestamp should be within [0, ${now + MOST_AHEAD_MS}]`,
    };
  }

  #noteRefusal(code: number, values: readonly string[]): void {
    for (const value of values) {
      this.refusals.set(value, (this.refusals.get(value) ?? 0) + 1);
      if (!FOR_GOOD.has(code)) continue;
      this.refusedForGood.add(value);
      if (values.length === 1) this.refusedAlone.add(value);
    }
  }

  #codeFor(node: number, batch: SentBatch): number {
    const partition = this.topics.get(batch.topic)?.[batch.partition];
    if (partition === undefined || this.away.has(batch.topic)) return UNKNOWN_TOPIC_OR_PARTITION;
    if (partition.isOffline || partition.leader !== node) return NOT_LEADER_OR_FOLLOWER;
    const latest = this.#time.trueNow() + this.clockAheadMs + MOST_AHEAD_MS;
    if (batch.times.some((time) => time > latest)) return INVALID_TIMESTAMP;
    for (const value of batch.values) {
      const refusal = this.refuse(batch.topic, value);
      if (refusal !== 0) return refusal;
    }
    if (!this.isStormy || this.#random.chance(0.45)) return partition.append(batch) === 'out_of_order' ? OUT_OF_ORDER_SEQUENCE_NUMBER : 0;
    return this.#stormyCode(partition, batch);
  }

  #stormyCode(partition: ModelPartition, batch: SentBatch): number {
    const code = this.#random.pick(this.codes);
    if (CHECKED_BEFORE_APPEND.has(code)) return code;
    if (FORGOTTEN.has(code)) {
      if (this.#random.chance(0.5)) partition.producers.delete(batch.producerId);
      return code;
    }
    // Everything else may come when the leader has appended: it waited for its replicas.
    const isAppended = this.#random.chance(0.5);
    if (isAppended && partition.append(batch) === 'out_of_order') return OUT_OF_ORDER_SEQUENCE_NUMBER;
    if (this.#random.chance(0.2)) partition.leader = this.#random.int(this.nodes.length);
    if (code === 0 || code === DUPLICATE_SEQUENCE_NUMBER) return isAppended ? code : NOT_LEADER_OR_FOLLOWER;
    if (isAppended) this.#seen('appended, and refused', 'appended, and refused');
    return code;
  }

  #metadata(): Writer {
    const failed = this.isStormy && this.#random.chance(0.05) ? this.#random.pick(this.codes) : 0;
    const topics = [...this.topics].map(([topic, partitions]): TopicAnswer => {
      const code = this.away.has(topic) ? UNKNOWN_TOPIC_OR_PARTITION : failed;
      const leaders = partitions.map(({ leader, isOffline }) => (isOffline || (this.isStormy && this.#random.chance(0.03)) ? -1 : leader));
      return { topic, code, leaders: code === 0 ? leaders : [] };
    });
    return metadataAnswer([...this.nodes.keys()], topics);
  }

  #newProducer(): Writer {
    const failed = this.isStormy && this.#random.chance(0.15) ? this.#random.pick(this.codes) : 0;
    return producerAnswer(failed, ++this.#producerIds);
  }
}
