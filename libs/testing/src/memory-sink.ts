import { CORE_ROUTES, type Ack, type CaptureContext, type CapturedEvent } from '@app/event';
import { EventSink, Sink, type Delivery } from '@app/pipeline';

/** Keeps what it is given, for tests to look at. Set `failure` to make the next deliveries fail with it. */
@Sink({ routes: CORE_ROUTES })
export class MemorySink extends EventSink {
  readonly captured: CapturedEvent[] = [];
  readonly contexts: CaptureContext[] = [];
  failure: Error | undefined;
  ack: Ack = 'log';

  async deliver(events: readonly CapturedEvent[], context: CaptureContext): Promise<Delivery> {
    if (this.failure) throw this.failure;
    this.captured.push(...events);
    this.contexts.push(context);
    return { ack: this.ack, spooled: 0, dropped: [] };
  }
}
