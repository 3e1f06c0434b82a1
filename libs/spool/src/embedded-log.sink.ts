import { CaptureError, CORE_ROUTES, Drop, encodeMessage, type CaptureContext, type CapturedEvent, type DroppedEvent } from '@app/event';
import { EventSink, Sink, type Delivery } from '@app/pipeline';
import { EmbeddedLog } from './embedded-log.js';
import { encodeStoredMessage } from './message-codec.js';
import { MAX_PAYLOAD_BYTES, payloadBytes, type Payload } from './record.js';

/** The way out when there is no Kafka: events are durable in a local log before they are acknowledged. */
@Sink({ routes: [...CORE_ROUTES] })
export class EmbeddedLogSink extends EventSink {
  constructor(private readonly log: EmbeddedLog) {
    super();
  }

  async deliver(events: readonly CapturedEvent[], context: CaptureContext): Promise<Delivery> {
    const payloads: Payload[] = [];
    const dropped: DroppedEvent[] = [];
    for (const event of events) {
      const payload = encodeStoredMessage({ message: encodeMessage(event, context), receivedAt: context.now, token: event.token });
      if (payloadBytes(payload) <= MAX_PAYLOAD_BYTES) payloads.push(payload);
      else dropped.push({ index: event.index, uuid: event.uuid, drop: tooBig(payloadBytes(payload)), inputs: event.inputs });
    }
    try {
      await this.log.append(payloads);
    } catch (error) {
      // The reason is the operator's (log, health detail); the client needs to know only that it should send again.
      throw Object.assign(new CaptureError('transient', 'events could not be stored'), { cause: error });
    }
    return { ack: 'log', spooled: 0, dropped };
  }
}

function tooBig(bytes: number): Drop {
  return new Drop('event_too_big', `a stored event may have ${MAX_PAYLOAD_BYTES} bytes, this one has ${bytes}`, 'event_too_big');
}
