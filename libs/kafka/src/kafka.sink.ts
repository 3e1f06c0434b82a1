import { lz4Compress } from '@platformatic/wasm-utils';
import { CORE_ROUTES, CaptureError, Drop, encodeMessage, type CaptureContext, type CapturedEvent, type DroppedEvent } from '@app/event';
import { EventSink, Pace, Sink, turnFor, type Delivery, type Destination } from '@app/pipeline';
import { Batcher } from './batcher/batcher.js';
import type { DeliveryFailure } from './batcher/delivery.js';
import { UndeliveredStore } from './batcher/undelivered-store.js';
import { KafkaConfig } from './kafka.config.js';
import type { ProducedMessage } from './produced-message.js';
import { EventRecord } from './records/event-record.js';
import { lz4Envelope } from './records/lz4-envelope.js';
import { topicsByRoute } from './topics.js';

/** The way out into Kafka: acknowledged when all in-sync replicas of every event's partition have it. */
@Sink({ routes: [...CORE_ROUTES] })
export class KafkaSink extends EventSink {
  readonly #topics: ReadonlyMap<string, string>;
  readonly #compression: Compression | undefined;

  constructor(
    config: KafkaConfig,
    private readonly batcher: Batcher,
    private readonly store: UndeliveredStore,
  ) {
    super();
    this.#compression = compressionOf(config);
    this.#topics = new Map(Object.entries(topicsByRoute(config)).map(([route, { topic }]) => [route, topic]));
  }

  async deliver(events: readonly CapturedEvent[], context: CaptureContext): Promise<Delivery> {
    const { stored, storedAt = [], failures } = await this.batcher.deliver(await this.#messages(events, context));
    const ack = stored > 0 ? this.store.ack : 'kafka';
    const spooled = storedAt.reduce((sum, index) => sum + events[index].inputs, 0);
    if (failures.length === 0) return { ack, spooled, dropped: [] };
    const dropped = failures.map((failure) => droppedEvent(failure, events[failure.index]));
    return { ack, spooled, dropped: dropped.toSorted((a, b) => a.index - b.index) };
  }

  override destination(event: CapturedEvent): Destination {
    return { system: 'kafka', name: this.#topicOf(event) };
  }

  #topicOf({ topic, route }: CapturedEvent): string {
    return topic ?? this.#topics.get(route) ?? this.#topics.get('main')!;
  }

  async #messages(events: readonly CapturedEvent[], context: CaptureContext): Promise<ProducedMessage[]> {
    const messages: ProducedMessage[] = [];
    const pace = new Pace();
    for (const event of events) {
      const turn = pace.before(event.data.length) ?? turnFor(event.data.length);
      if (turn !== undefined) await turn;
      messages.push(this.#message(event, context));
    }
    return messages;
  }

  #message(event: CapturedEvent, context: CaptureContext): ProducedMessage {
    const topic = this.#topicOf(event);
    if (this.#compression !== undefined && event.name === '$snapshot_items') return compressed(this.#compression, topic, event, context);
    return new EventRecord(topic, event, context);
  }
}

type Compression = (value: Buffer) => Buffer;

function compressionOf({ replayEnvelopeCompression, replayValueCompression }: KafkaConfig): Compression | undefined {
  if (replayEnvelopeCompression === 'lz4') return lz4Envelope;
  return replayValueCompression === 'lz4' ? lz4Compress : undefined;
}

/** The value in LZ4, which consumers are told by the header. */
function compressed(compress: Compression, topic: string, event: CapturedEvent, context: CaptureContext): ProducedMessage {
  const { key, value, headers } = encodeMessage(event, context);
  return { topic, key, value: compress(value), headers: { ...headers, 'content-encoding': 'lz4' } };
}

/**
 * An event too big is dropped alone, and one that its topic does not take, which without a spool has no way to the dead
 * letters: sent again, both would be refused again. One that no broker took means that the client must send the request again.
 */
function droppedEvent(failure: DeliveryFailure, event: CapturedEvent): DroppedEvent {
  const { index, uuid, inputs } = event;
  if (failure.kind === 'undelivered') {
    if (!failure.final) throw new CaptureError('transient', 'not all events could be delivered');
    return { index, uuid, drop: new Drop('refused_by_topic', `its topic does not take it: ${failure.reason}`), inputs };
  }
  const limit = failure.limit === undefined ? 'the limit of its topic' : `the limit of ${failure.limit} bytes (${limitVariable(event)})`;
  const detail = `message of ${failure.bytes} bytes exceeds ${limit}`;
  return { index, uuid, drop: new Drop('event_too_big', detail, 'event_too_big'), inputs };
}

function limitVariable({ route }: CapturedEvent): string {
  return route === 'ai' || route === 'ai_overflow' ? 'KAFKA_AI_MESSAGE_MAX_BYTES' : 'KAFKA_PRODUCER_MESSAGE_MAX_BYTES';
}
