import { Logger } from '@nestjs/common';
import { ClientKafka } from '@nestjs/microservices';
import type { KafkaOptions, OutgoingEvent, ReadPacket, WritePacket } from '@nestjs/microservices';
import type { Message, Producer, ProducerBatch, ProducerRecord, RecordMetadata } from 'kafkajs';
import type { Batcher } from '../batcher/batcher.js';
import type { KafkaHealth } from '../kafka-health.js';
import type { KafkaMetrics } from '../kafka-metrics.js';
import { TroubleLog } from '../trouble-log.js';
import { problemOf, toProducedMessage } from './to-produced-message.js';

/** Token under which product teams inject the client: `@Inject(KAFKA_CLIENT) private readonly kafka: ClientKafka`. */
export const KAFKA_CLIENT = 'KAFKA_CLIENT';

/** How long `close` waits, milliseconds. */
const FLUSH_LIMIT_MS = 20_000;

/** An `emit` that did not reach its topic. */
export class EmitError extends Error {
  override readonly name = 'EmitError';
}

type SendMetadata = Pick<RecordMetadata, 'topicName' | 'partition' | 'errorCode'>[];

/**
 * Nest's Kafka client for producing, over the gateway's own batcher: what a product team emits takes the same way, with
 * the same order, limits and store, as captured events. Stock `emit` is one broker request a message, and when nobody
 * subscribes its failure is lost; here it is counted and logged as well.
 *
 * There is no consumer: `send` (request and reply) is refused.
 */
export class CaptureKafkaClient extends ClientKafka {
  protected override logger = new Logger('KafkaClient');
  readonly #facade: Producer;
  readonly #trouble: TroubleLog;

  constructor(
    options: Required<KafkaOptions>['options'],
    private readonly batcher: Batcher,
    health: KafkaHealth,
    private readonly metrics: KafkaMetrics,
  ) {
    super({ ...options, producerOnlyMode: true });
    this.#trouble = new TroubleLog(this.logger, 'emitted messages were not delivered');
    this.#facade = {
      send: (record: ProducerRecord) => this.#sendBatch([record]),
      sendBatch: (batch: ProducerBatch) => this.#sendBatch(batch.topicMessages ?? []),
    } as unknown as Producer;
    // Nest's own field, and a const enum of which only the strings exist at run time.
    // oxlint-disable-next-line no-underscore-dangle
    health.onChange((reachable) => this._status$.next((reachable ? 'connected' : 'disconnected') as never));
  }

  override get producer(): Producer {
    return this.#facade;
  }

  /** Nothing to wait for: brokers are looked for in the background, and one that is away must not stop the boot. */
  override connect(): Promise<Producer> {
    return Promise.resolve(this.#facade);
  }

  /** Waits until what was emitted has left. The batcher itself goes on: requests may still arrive, and it is theirs too. */
  override async close(): Promise<void> {
    this.handleClose();
    await this.batcher.flush(FLUSH_LIMIT_MS);
  }

  override createClient<T>(): Promise<T> {
    return Promise.reject(new Error('the gateway’s Kafka client has no kafkajs client beneath it'));
  }

  override unwrap<T>(): T {
    return this.#facade as T;
  }

  protected override async dispatchEvent(packet: OutgoingEvent): Promise<SendMetadata> {
    const topic = this.normalizePattern(packet.pattern);
    const message = (await this.serializer.serialize(packet.data, { pattern: topic })) as Message;
    return this.#sendBatch([{ topic, messages: [message] }]);
  }

  protected override async dispatchBatchEvent<T>(packets: ReadPacket<{ messages: T[] }>): Promise<SendMetadata> {
    const topic = this.normalizePattern(packets.pattern);
    const messages = await Promise.all(
      packets.data.messages.map((message) => this.serializer.serialize(message as OutgoingEvent, { pattern: topic }) as Promise<Message>),
    );
    return this.#sendBatch([{ topic, messages }]);
  }

  protected override publish(_packet: ReadPacket, callback: (packet: WritePacket) => void): () => void {
    callback({ err: new EmitError('this client only produces: use emit, there are no replies') });
    return () => undefined;
  }

  async #sendBatch(records: readonly { topic: string; messages: Message[] }[]): Promise<SendMetadata> {
    for (const { topic, messages } of records) this.#check(topic, messages);
    const messages = records.flatMap(({ topic, messages: group }) => group.map((message) => toProducedMessage(topic, message)));
    const { failures } = await this.batcher.deliver(messages);
    if (failures.length === 0) return records.map(({ topic }) => ({ topicName: topic, partition: -1, errorCode: 0 }));
    for (const { index } of failures) this.metrics.emitFailed(messages[index].topic);
    const [first] = failures;
    const reason = first.kind === 'too_large' ? `message of ${first.bytes} bytes is too large` : first.reason;
    this.#trouble.add(failures.length, `the last to ${messages[first.index].topic}: ${reason}`);
    throw new EmitError(`${failures.length} of ${messages.length} messages not delivered: ${reason}`);
  }

  /** Refuses all of the call when one message could never be sent. */
  #check(topic: string, messages: readonly Message[]): void {
    for (const message of messages) {
      const problem = problemOf(message);
      if (problem === undefined) continue;
      this.metrics.emitFailed(topic);
      this.#trouble.add(1, `the last to ${topic}: ${problem}`);
      throw new EmitError(`message for ${topic} not sent: ${problem}`);
    }
  }
}
