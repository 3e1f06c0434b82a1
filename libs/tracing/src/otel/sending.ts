import { SpanStatusCode, type Span } from '@opentelemetry/api';
import { CaptureError, weakerAck, type Ack, type CapturedEvent } from '@app/event';
import type { Delivery, EventSink } from '@app/pipeline';

/** A request's messages on their way to one sink: one span, named by topics, with messaging's semantic conventions. */
export class Sending {
  readonly #topics = new Set<string>();
  readonly #routes = new Set<string>();
  #system: string | undefined;
  #pending = 0;
  #messages = 0;
  #dropped = 0;
  #spooled = 0;
  #ack: Ack | undefined;

  constructor(private readonly span: Span) {}

  get isOver(): boolean {
    return !this.span.isRecording();
  }

  /** For the messages' headers. */
  get traceparent(): string {
    const { traceId, spanId } = this.span.spanContext();
    return `00-${traceId}-${spanId}-01`;
  }

  begin(events: readonly CapturedEvent[], sink: EventSink): void {
    this.#pending++;
    this.#messages += events.length;
    for (const event of events) {
      this.#routes.add(event.route);
      const destination = sink.destination(event);
      if (destination === undefined) continue;
      this.#system = destination.system;
      this.#topics.add(destination.name);
    }
  }

  delivered({ ack, spooled, dropped }: Delivery): void {
    this.#dropped += dropped.length;
    this.#spooled += spooled;
    this.#ack = weakerAck(this.#ack, ack);
    this.#settle();
  }

  failed(error: unknown): void {
    // Never its message, which may quote an event.
    const type = error instanceof CaptureError ? error.code : error instanceof Error ? error.name : typeof error;
    this.span.setAttribute('error.type', type).setStatus({ code: SpanStatusCode.ERROR });
    this.#settle();
  }

  #settle(): void {
    if (--this.#pending > 0) return;
    const topics = [...this.#topics];
    this.span.setAttributes({
      'messaging.batch.message_count': this.#messages,
      'inlet.routes': [...this.#routes],
      'inlet.messages.dropped': this.#dropped,
      'inlet.messages.spooled': this.#spooled,
      ...(this.#ack && { 'inlet.ack': this.#ack }),
    });
    if (this.#system !== undefined) {
      this.span.updateName(topics.length === 1 ? `send ${topics[0]}` : 'send').setAttributes({
        'messaging.system': this.#system,
        'messaging.operation.name': 'send',
        'messaging.operation.type': 'send',
        ...(topics.length === 1 ? { 'messaging.destination.name': topics[0] } : { 'inlet.topics': topics }),
      });
    }
    this.span.end();
  }
}
