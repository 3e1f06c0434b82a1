import { drop, type CapturedEvent } from '@app/event';
import { EventProcessor, Processor } from '@app/pipeline';
import { QuotaMetrics } from '../quota-metrics.js';
import type { Restriction } from './restriction.js';
import { Restrictions } from './restrictions.js';

const RESTRICTION_DROP = drop('event_restriction_drop');

/** Discards what a restriction says, before anything else is done for it. */
@Processor({ stage: 'filter', order: -10 })
export class RestrictionDropper extends EventProcessor {
  constructor(
    private readonly restrictions: Restrictions,
    private readonly metrics: QuotaMetrics,
  ) {
    super();
  }

  process(event: CapturedEvent) {
    const isDropped = this.restrictions.of(event).some(({ type }) => type === 'drop_event_from_ingestion');
    if (!isDropped) return event;
    this.metrics.restrictionApplied('drop_event_from_ingestion');
    return RESTRICTION_DROP;
  }
}

/** The other restrictions: dlq before another topic, both before historical, that before overflow. */
@Processor({ stage: 'route', order: 10 })
export class RestrictionRouter extends EventProcessor {
  constructor(
    private readonly restrictions: Restrictions,
    private readonly metrics: QuotaMetrics,
  ) {
    super();
  }

  process(event: CapturedEvent): CapturedEvent {
    const rules = this.restrictions.of(event);
    if (rules.length === 0) return event;
    for (const type of new Set(rules.map((rule) => rule.type))) this.metrics.restrictionApplied(type);
    const isImpersonal = event.disablePersonProcessing || has(rules, 'skip_person_processing');
    return this.route({ ...event, disablePersonProcessing: isImpersonal }, rules);
  }

  private route(event: CapturedEvent, rules: readonly Restriction[]): CapturedEvent {
    if (has(rules, 'redirect_to_dlq')) {
      this.metrics.rerouted('dlq', 'event_restriction');
      return { ...event, route: 'dlq', dlqReason: 'event_restriction' };
    }
    const redirect = rules.find(({ type }) => type === 'redirect_to_topic');
    if (redirect !== undefined) {
      this.metrics.rerouted('custom_topic', 'event_restriction');
      return { ...event, route: 'custom', topic: redirect.topic };
    }
    if (!has(rules, 'force_overflow_from_ingestion')) return event;
    if (event.route === 'replay') {
      this.metrics.overflowed('event_restriction');
      return { ...event, route: 'replay_overflow' };
    }
    // Historical, exceptions, heatmaps and warnings never overflow.
    if (event.route !== 'main') return event;
    this.metrics.overflowed('event_restriction');
    // Order matters only to person processing.
    return { ...event, route: 'overflow', partitionKey: event.disablePersonProcessing ? null : event.partitionKey };
  }
}

function has(rules: readonly Restriction[], wanted: Restriction['type']): boolean {
  return rules.some(({ type }) => type === wanted);
}
