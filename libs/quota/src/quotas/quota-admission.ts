import { RESOURCES, resourceOf, type CapturedEvent, type Clock, type Resource } from '@app/event';
import { Admission, OverQuota, type ProjectQuota } from '@app/pipeline';
import type { QuotaMetrics } from '../quota-metrics.js';
import type { UsageCounter } from '../usage/usage-counter.js';
import type { LimitedTokens } from './limited-tokens.js';
import { BIT, SETS_OF_RESOURCES } from './resource-sets.js';

const OVER: Readonly<Record<Resource, OverQuota>> = Object.fromEntries(
  RESOURCES.map((resource) => [resource, new OverQuota(resource)]),
) as Record<Resource, OverQuota>;

/** Joins what the billing job says with what was counted here: over either is over. */
export class QuotaAdmission extends Admission {
  /** By set of limited resources; the first, of none, stays undefined. */
  private readonly quotas: readonly (ProjectQuota | undefined)[];

  constructor(
    private readonly clock: Clock,
    metrics: QuotaMetrics,
    private readonly limited: LimitedTokens,
    private readonly usage: UsageCounter | undefined,
  ) {
    super();
    this.quotas = Array.from({ length: SETS_OF_RESOURCES }, (_, set) => (set === 0 ? undefined : quotaOf(set, metrics)));
  }

  quotaOf(token: string): ProjectQuota | undefined {
    const now = this.clock.now();
    return this.quotas[this.limited.setOf(token, now) | (this.usage?.limitedSetOf(token) ?? 0)];
  }

  override accepted(events: readonly CapturedEvent[]): void {
    this.usage?.count(events);
  }
}

function quotaOf(set: number, metrics: QuotaMetrics): ProjectQuota {
  return {
    check(name, isProductTour) {
      const resource = resourceOf(name, isProductTour);
      if ((set & BIT[resource]) === 0) return undefined;
      metrics.quotaExceeded(resource);
      return OVER[resource];
    },
  };
}
