import {
  CaptureError,
  CORE_ROUTES,
  Drop,
  encodeMessage,
  type CaptureContext,
  type CapturedEvent,
  type DroppedEvent,
  type OutgoingMessage,
  type Route,
} from '@app/event';
import { KafkaConfig, messageBytes } from '@app/kafka';
import { EventSink, Pace, Sink, turnFor, type Delivery } from '@app/pipeline';
import { EmbeddedLog } from './embedded-log.js';
import { WAY_OUT } from './log-fill.js';
import { encodeStoredMessage } from './message-codec.js';
import type { Payload } from './record.js';
import { StorageError } from './storage-error.js';

/**
 * Of a large request so much is given to the log at a time: what waits to be written is bounded, and others' events would be
 * refused for what one request brings.
 */
const PIECE_BYTES = 4 * 1024 * 1024;

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
    let payloads: Payload[] = [];
    let bytes = 0;
    const dropped: DroppedEvent[] = [];
    const pace = new Pace();
    for (const event of events) {
      const turn = pace.before(event.data.length) ?? turnFor(event.data.length);
      if (turn !== undefined) await turn;
      const message = encodeMessage(event, context);
      const drop = this.tooBig(message);
      if (drop !== undefined) {
        dropped.push({ index: event.index, uuid: event.uuid, drop, inputs: event.inputs });
        continue;
      }
      payloads.push(encodeStoredMessage({ message, receivedAt: context.now, token: event.token }));
      bytes += message.value.length;
      if (bytes < PIECE_BYTES) continue;
      await this.append(payloads);
      payloads = [];
      bytes = 0;
    }
    if (payloads.length > 0 || dropped.length === 0) await this.append(payloads);
    return { ack: 'log', spooled: 0, dropped };
  }

  private async append(payloads: readonly Payload[]): Promise<void> {
    try {
      await this.log.append(payloads);
    } catch (error) {
      if (error instanceof StorageError && error.code === 'full')
        throw Object.assign(new CaptureError('transient', `${error.message}. ${WAY_OUT}`), { cause: error });
      // The reason is the operator's (log, health detail); the client needs to know only that it should send again.
      throw Object.assign(new CaptureError('transient', 'events could not be stored'), { cause: error });
    }
  }

  private tooBig(message: OutgoingMessage): Drop | undefined {
    const { limit, variable } = limitOf(message.route, this.limits);
    const bytes = messageBytes({ ...message, topic: '' });
    if (bytes <= limit) return undefined;
    return new Drop('event_too_big', `message of ${bytes} bytes exceeds the limit of ${limit} bytes (${variable})`, 'event_too_big');
  }
}

function limitOf(route: Route, limits: KafkaConfig): { readonly limit: number; readonly variable: string } {
  switch (route) {
    case 'replay':
    case 'replay_overflow':
      return { limit: limits.replayMessageMaxBytes, variable: 'KAFKA_REPLAY_MESSAGE_MAX_BYTES' };
    case 'ai':
    case 'ai_overflow':
      return { limit: limits.aiMessageMaxBytes, variable: 'KAFKA_AI_MESSAGE_MAX_BYTES' };
    default:
      return { limit: limits.messageMaxBytes, variable: 'KAFKA_PRODUCER_MESSAGE_MAX_BYTES' };
  }
}
