import { Reader, Writer, type Admin, type Connection, type ResponseParser } from '@platformatic/kafka';
import { readProduceRequest, type SentBatch } from './read-produce-request.js';
import type { SeededRandom } from './seeded-random.js';

const PRODUCE = 0;
const METADATA = 3;
const INIT_PRODUCER_ID = 22;
const DUPLICATE_SEQUENCE_NUMBER = 46;
const NOT_LEADER_OR_FOLLOWER = 6;
const OUT_OF_ORDER_SEQUENCE_NUMBER = 45;
/** Answers after which a broker may have forgotten the producer. */
const FORGOTTEN = new Set([OUT_OF_ORDER_SEQUENCE_NUMBER, 47, 49, 59, 90]);
/** The record is looked at before it is appended: too large (10, 18), its time (32), its format (43, 76, 87). */
export const CHECKED_BEFORE_APPEND: ReadonlySet<number> = new Set([10, 18, 32, 43, 76, 87]);

type Callback = (error: Error | null, answer?: unknown) => void;

/** What a partition remembers of a producer: the last five batches, as Kafka does. */
interface ProducerState {
  last: number;
  readonly batches: { readonly first: number; readonly last: number }[];
}

class ModelPartition {
  /** Values as consumers see them. */
  readonly log: string[] = [];
  leader = 0;
  readonly producers = new Map<bigint, ProducerState>();

  append({ producerId, sequence, values }: SentBatch): 'appended' | 'duplicate' | 'out_of_order' {
    const last = (sequence + values.length - 1) % 2 ** 31;
    const known = this.producers.get(producerId);
    if (known?.batches.some((batch) => batch.first === sequence && batch.last === last)) return 'duplicate';
    if (known !== undefined && sequence !== (known.last + 1) % 2 ** 31) return 'out_of_order';
    const state = known ?? { last: -1, batches: [] };
    state.last = last;
    state.batches.push({ first: sequence, last });
    if (state.batches.length > 5) state.batches.shift();
    this.producers.set(producerId, state);
    this.log.push(...values);
    return 'appended';
  }
}

/** A sequence that a request carried, for the rule that no other records ever get it. */
interface Given {
  readonly batch: SentBatch;
  /** The broker said that it looked at the records and took none. */
  isVoid: boolean;
}

/**
 * Brokers as far as a producer can tell them apart: logs, producers' sequences, leaders, and answers on the wire, any
 * code of the protocol among them. With acks=all a leader appends first and may then answer that it leads no more.
 */
export class ModelCluster {
  readonly partitions: readonly ModelPartition[];
  /** Until this is false answers, leaders and connections are anything that Kafka may come up with. */
  isStormy = true;
  /** Promises that were broken, in words. */
  readonly violations: string[] = [];
  readonly #given = new Map<string, Given[]>();
  #producerIds = 0n;
  answers = 0;

  constructor(
    private readonly nodes: number,
    partitions: number,
    private readonly random: SeededRandom,
    /** What stormy answers are drawn from. */
    private readonly codes: readonly number[],
    private readonly topic: string,
  ) {
    this.partitions = Array.from({ length: partitions }, () => new ModelPartition());
    for (const partition of this.partitions) partition.leader = random.int(nodes);
  }

  /** In the place of the library's client. */
  readonly open = (): Admin =>
    ({
      connections: {
        get: ({ port }: { port: number }) => this.#connect(port),
        getFirstAvailable: () => this.#connect(this.random.int(this.nodes)),
      },
      close: () => Promise.resolve(),
    }) as unknown as Admin;

  #connect(node: number): Promise<Connection> {
    if (this.isStormy && this.random.chance(0.03)) return Promise.reject(Object.assign(new Error('connect'), { code: 'ECONNREFUSED' }));
    const send = (
      api: number,
      version: number,
      build: () => Writer,
      parse: ResponseParser<unknown>,
      _request: boolean,
      _response: boolean,
      callback: Callback,
    ): void => this.#receive(node, api, version, Buffer.from(build().buffer), parse, callback);
    return Promise.resolve({ send } as unknown as Connection);
  }

  #receive(node: number, api: number, version: number, request: Buffer, parse: ResponseParser<unknown>, callback: Callback): void {
    const answer = (writer: Writer) => {
      try {
        callback(null, parse(0, api, version, Reader.from(writer.buffer)));
      } catch (error) {
        callback(error as Error);
      }
    };
    const end = (run: () => void) => void setTimeout(run, 1 + this.random.int(this.isStormy ? 60 : 5));
    if (this.isStormy && this.random.chance(0.04)) this.#loseConnection(node, api, request, callback);
    else if (api === PRODUCE) end(() => answer(this.#produce(node, request)));
    else if (api === METADATA) end(() => answer(this.#metadata()));
    else if (api === INIT_PRODUCER_ID) end(() => answer(this.#newProducer()));
    else callback(new Error(`no model of API ${api}`));
  }

  /** What was sent may arrive all the same, long after. */
  #loseConnection(node: number, api: number, request: Buffer, callback: Callback): void {
    const batches = api === PRODUCE ? readProduceRequest(request).batches : [];
    for (const batch of batches) this.#note(batch);
    if (this.random.chance(0.5)) {
      const late = this.random.int(800);
      setTimeout(() => {
        for (const batch of batches) if (this.partitions[batch.partition].leader === node) this.partitions[batch.partition].append(batch);
      }, late);
    }
    setTimeout(() => callback(Object.assign(new Error('reset'), { code: 'ECONNRESET' })), this.random.int(60));
  }

  #produce(node: number, request: Buffer): Writer {
    const { acks, batches } = readProduceRequest(request);
    if (acks !== -1) this.violations.push(`a request wants acks=${acks}, not those of all replicas`);
    const answers = batches.map((batch) => {
      const given = this.#note(batch);
      const code = this.#answer(node, batch);
      this.answers++;
      if (CHECKED_BEFORE_APPEND.has(code)) given.isVoid = true;
      return { partition: batch.partition, code };
    });
    return Writer.create()
      .appendArray([this.topic], (writer, topic) => {
        writer.appendString(topic).appendArray(answers, (w, { partition, code }) => {
          w.appendInt32(partition).appendInt16(code).appendInt64(0n).appendInt64(-1n).appendInt64(0n);
          w.appendArray([], () => undefined).appendString(null);
        });
      })
      .appendInt32(0)
      .appendTaggedFields();
  }

  #answer(node: number, batch: SentBatch): number {
    const partition = this.partitions[batch.partition];
    if (partition.leader !== node) return NOT_LEADER_OR_FOLLOWER;
    if (!this.isStormy || this.random.chance(0.45)) return partition.append(batch) === 'out_of_order' ? OUT_OF_ORDER_SEQUENCE_NUMBER : 0;
    const code = this.random.pick(this.codes);
    if (CHECKED_BEFORE_APPEND.has(code)) return code;
    if (FORGOTTEN.has(code)) {
      if (this.random.chance(0.5)) partition.producers.delete(batch.producerId);
      return code;
    }
    // Everything else may come when the leader has appended: it waited for its replicas.
    const isAppended = this.random.chance(0.5);
    if (isAppended && partition.append(batch) === 'out_of_order') return OUT_OF_ORDER_SEQUENCE_NUMBER;
    if (this.random.chance(0.2)) partition.leader = this.random.int(this.nodes);
    if (code === 0 || code === DUPLICATE_SEQUENCE_NUMBER) return isAppended ? code : NOT_LEADER_OR_FOLLOWER;
    return code;
  }

  #note(batch: SentBatch): Given {
    const key = `${batch.partition}/${batch.producerId}`;
    const earlier = this.#given.get(key) ?? [];
    const first = batch.sequence;
    const last = first + batch.values.length - 1;
    for (const { batch: other, isVoid } of earlier) {
      const overlaps = other.sequence <= last && first <= other.sequence + other.values.length - 1;
      const isSame = other.sequence === first && other.values.join() === batch.values.join();
      if (!isVoid && overlaps && !isSame)
        this.violations.push(
          `sequence ${first} of producer ${batch.producerId} was ${other.values.join()} and is now ${batch.values.join()}`,
        );
    }
    const given = { batch, isVoid: false };
    this.#given.set(key, [...earlier, given]);
    return given;
  }

  #metadata(): Writer {
    const failed = this.isStormy && this.random.chance(0.05) ? this.random.pick(this.codes) : 0;
    return Writer.create()
      .appendInt32(0)
      .appendArray(
        Array.from({ length: this.nodes }, (_, node) => node),
        (w, node) => w.appendInt32(node).appendString('127.0.0.1').appendInt32(node).appendString(null),
      )
      .appendString(null)
      .appendInt32(0)
      .appendArray([this.topic], (w, topic) => {
        w.appendInt16(failed).appendString(topic).appendBoolean(false);
        w.appendArray(failed === 0 ? [...this.partitions.entries()] : [], (inner, [index, { leader }]) => {
          const isLost = this.isStormy && this.random.chance(0.03);
          inner
            .appendInt16(isLost ? 5 : 0)
            .appendInt32(index)
            .appendInt32(isLost ? -1 : leader)
            .appendInt32(0);
          for (let list = 0; list < 3; list++) inner.appendArray([], () => undefined);
        }).appendInt32(0);
      })
      .appendInt32(0)
      .appendTaggedFields();
  }

  #newProducer(): Writer {
    const failed = this.isStormy && this.random.chance(0.15) ? this.random.pick(this.codes) : 0;
    return Writer.create().appendInt32(0).appendInt16(failed).appendInt64(++this.#producerIds).appendInt16(0).appendTaggedFields();
  }
}
