import { AiEvents, type CapturedEvent } from '@app/event';
import { EventProcessor, Processor } from '@app/pipeline';

/**
 * Puts AI events on their own lane, historical ones too: their consumers have no other. Before all that moves events, so
 * that restrictions still go before it and what is for ordinary events only leaves them alone. Not there while the lane is off.
 */
@Processor({ stage: 'route', order: 1 })
export class AiLane extends EventProcessor {
  constructor(private readonly aiEvents: AiEvents) {
    super();
  }

  process(event: CapturedEvent): CapturedEvent {
    if (!this.aiEvents.has(event.name) || (event.route !== 'main' && event.route !== 'historical')) return event;
    return { ...event, route: 'ai' };
  }
}
