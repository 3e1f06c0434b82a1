import { drop, type CapturedEvent } from '@app/event';
import { EventProcessor, Processor } from '@app/pipeline';
import { OverflowLanes } from '../overflow/overflow-lanes.js';
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

/** Dead letters before another topic; both before anything else that moves an event. */
@Processor({ stage: 'route', order: 5 })
export class RestrictionRedirect extends EventProcessor {
  constructor(
    private readonly restrictions: Restrictions,
    private readonly metrics: QuotaMetrics,
  ) {
    super();
  }

  process(event: CapturedEvent): CapturedEvent {
    const rules = this.restrictions.of(event);
    if (rules.length === 0) return event;
    if (!has(rules, 'skip_person_processing')) return this.redirect(event, rules);
    this.metrics.restrictionApplied('skip_person_processing');
    return this.redirect({ ...event, disablePersonProcessing: true }, rules);
  }

  private redirect(event: CapturedEvent, rules: readonly Restriction[]): CapturedEvent {
    if (has(rules, 'redirect_to_dlq')) {
      this.metrics.restrictionApplied('redirect_to_dlq');
      this.metrics.rerouted('dlq', 'event_restriction');
      return { ...event, route: 'dlq', dlqReason: 'event_restriction' };
    }
    const redirect = rules.find(({ type }) => type === 'redirect_to_topic');
    if (redirect === undefined) return event;
    this.metrics.restrictionApplied('redirect_to_topic');
    this.metrics.rerouted('custom_topic', 'event_restriction');
    return { ...event, route: 'custom', topic: redirect.topic };
  }
}

/** Comes after historical, which never overflows; neither do exceptions, heatmaps and warnings. */
@Processor({ stage: 'route', order: 15 })
export class RestrictionOverflow extends EventProcessor {
  constructor(
    private readonly restrictions: Restrictions,
    private readonly metrics: QuotaMetrics,
    private readonly lanes: OverflowLanes,
  ) {
    super();
  }

  process(event: CapturedEvent): CapturedEvent {
    const route = event.route === 'replay' ? 'replay_overflow' : this.lanes.of(event.route);
    if (route === undefined) return event;
    if (!has(this.restrictions.of(event), 'force_overflow_from_ingestion')) return event;
    this.metrics.restrictionApplied('force_overflow_from_ingestion');
    this.metrics.overflowed('event_restriction');
    if (route === 'replay_overflow') return { ...event, route };
    // Order matters only to person processing.
    return { ...event, route, partitionKey: event.disablePersonProcessing ? null : event.partitionKey };
  }
}

function has(rules: readonly Restriction[], wanted: Restriction['type']): boolean {
  return rules.some(({ type }) => type === wanted);
}
