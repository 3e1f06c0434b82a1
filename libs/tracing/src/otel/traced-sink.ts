import type { AsyncLocalStorage } from 'node:async_hooks';
import { inputsOf, weakerAck, type CaptureContext, type CapturedEvent } from '@app/event';
import { EventSink, type Delivery } from '@app/pipeline';
import type { RequestTrace } from './request-trace.js';

/** Escaping may double an event's JSON, and the envelope comes on top: with less, 70 bytes of header never make it too big. */
const SMALL = 1 / 4;

export interface TracedSinkOptions {
  readonly traces: AsyncLocalStorage<RequestTrace | undefined>;
  /** Give messages the header `traceparent`. */
  readonly messageHeaders: boolean;
  readonly messageMaxBytes: number;
}

/** Times the deliveries of traced requests to the sink within. */
export class TracedSink extends EventSink {
  readonly #name: string;

  constructor(
    private readonly inner: EventSink,
    private readonly options: TracedSinkOptions,
  ) {
    super();
    this.#name = inner.constructor.name;
  }

  override deliver(events: readonly CapturedEvent[], context: CaptureContext): Promise<Delivery> {
    const trace = this.options.traces.getStore();
    return trace === undefined ? this.inner.deliver(events, context) : this.#traced(trace, events, context);
  }

  override destination(event: CapturedEvent) {
    return this.inner.destination(event);
  }

  async #traced(trace: RequestTrace, events: readonly CapturedEvent[], context: CaptureContext): Promise<Delivery> {
    const sending = trace.sendingTo(this.inner, this.#name);
    sending.begin(events, this.inner);
    const told = this.#takesHeader(events) ? { ...context, traceparent: sending.traceparent } : context;
    try {
      // Outside: what a sink begins now, a timer or a connection, works for other requests too.
      const delivery = await this.options.traces.run(undefined, () => this.inner.deliver(events, told));
      sending.delivered(delivery);
      trace.accepted += inputsOf(events) - inputsOf(delivery.dropped);
      trace.ack = weakerAck(trace.ack, delivery.ack);
      return delivery;
    } catch (error) {
      sending.failed(error);
      throw error;
    }
  }

  #takesHeader(events: readonly CapturedEvent[]): boolean {
    const { messageHeaders, messageMaxBytes } = this.options;
    return messageHeaders && events.every(({ data }) => data.length < messageMaxBytes * SMALL);
  }
}
