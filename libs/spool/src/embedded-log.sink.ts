import {
  CaptureError,
  CORE_ROUTES,
  Drop,
  encodeMessage,
  type CaptureContext,
  type CapturedEvent,
  type DroppedEvent,
  type OutgoingMessage,
} from '@app/event';
import { KafkaConfig, messageBytes } from '@app/kafka';
import { EventSink, Pace, Sink, turnFor, type Delivery } from '@app/pipeline';
import { EmbeddedLog } from './embedded-log.js';
import { encodeStoredMessage } from './message-codec.js';
import type { Payload } from './record.js';

/** The way out when there is no Kafka: events are durable in a local log before they are acknowledged. */
@Sink({ routes: [...CORE_ROUTES] })
export class EmbeddedLogSink extends EventSink {
  constructor(
    private readonly log: EmbeddedLog,
    /** The limits on messages are Kafka's: what the log takes can be moved there. */
    private readonly limits: KafkaConfig,
  ) {
    super();
  }

  async deliver(events: readonly CapturedEvent[], context: CaptureContext): Promise<Delivery> {
    const payloads: Payload[] = [];
    const dropped: DroppedEvent[] = [];
    const pace = new Pace();
    for (const event of events) {
      const turn = pace.before(event.data.length) ?? turnFor(event.data.length);
      if (turn !== undefined) await turn;
      const message = encodeMessage(event, context);
      const drop = this.tooBig(message);
      if (drop === undefined) payloads.push(encodeStoredMessage({ message, receivedAt: context.now, token: event.token }));
      else dropped.push({ index: event.index, uuid: event.uuid, drop, inputs: event.inputs });
    }
    try {
      await this.log.append(payloads);
    } catch (error) {
      // The reason is the operator's (log, health detail); the client needs to know only that it should send again.
      throw Object.assign(new CaptureError('transient', 'events could not be stored'), { cause: error });
    }
    return { ack: 'log', spooled: 0, dropped };
  }

  private tooBig(message: OutgoingMessage): Drop | undefined {
    const isRecording = message.route === 'replay' || message.route === 'replay_overflow';
    const limit = isRecording ? this.limits.replayMessageMaxBytes : this.limits.messageMaxBytes;
    const bytes = messageBytes({ ...message, topic: '' });
    if (bytes <= limit) return undefined;
    const variable = isRecording ? 'KAFKA_REPLAY_MESSAGE_MAX_BYTES' : 'KAFKA_PRODUCER_MESSAGE_MAX_BYTES';
    return new Drop('event_too_big', `message of ${bytes} bytes exceeds the limit of ${limit} bytes (${variable})`, 'event_too_big');
  }
}
