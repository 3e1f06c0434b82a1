import type { CaptureContext, CapturedEvent } from '@app/event';
import { EventProcessor, Processor } from '@app/pipeline';
import { QuotaMetrics } from '../quota-metrics.js';
import { OverflowConfig } from './overflow.config.js';

const DAY_MS = 86_400_000;

/** Old events take the historical lane, so that a client's backlog does not hold up fresh ones. */
@Processor({ stage: 'route', order: 10 })
export class HistoricalRerouting extends EventProcessor {
  private readonly oldMs: number;

  constructor(
    config: OverflowConfig,
    private readonly metrics: QuotaMetrics,
  ) {
    super();
    this.oldMs = config.historicalDays * DAY_MS;
  }

  process(event: CapturedEvent, { now }: CaptureContext): CapturedEvent {
    if (event.route !== 'main' || now - event.timestamp <= this.oldMs) return event;
    this.metrics.rerouted('historical', 'timestamp');
    return { ...event, route: 'historical' };
  }
}
