import type { CaptureContext, CapturedEvent } from '@app/event';
import { EventSink, Sink, type Delivery } from '@app/pipeline';
import { CanaryOutput } from './canary-output.js';
import { CanaryConfig } from './canary.config.js';
import { CANARY_ROUTE } from './canary-route.js';

/** The way out of ordinary events, to another topic. */
@Sink({ routes: [CANARY_ROUTE] })
export class CanarySink extends EventSink {
  constructor(
    private readonly output: CanaryOutput,
    private readonly config: CanaryConfig,
  ) {
    super();
  }

  deliver(events: readonly CapturedEvent[], context: CaptureContext): Promise<Delivery> {
    return this.output.sink.deliver(
      events.map((event) => ({ ...event, topic: this.config.topic })),
      context,
    );
  }
}
