import { Drop, type CapturedEvent } from '@app/event';

/**
 * The event belongs to a resource of which its project has used up what it may send: discarded, answered 200, and the
 * resource is named in the reply's `quota_limited`, so that SDKs back off.
 */
export class OverQuota extends Drop {
  constructor(
    /** `events`, `recordings`, …: bounded, fit for a metric label. */
    readonly resource: string,
  ) {
    super(`${resource}_over_quota`);
  }
}

/** What a project may not send now. */
export interface ProjectQuota {
  /**
   * Undefined admits the event.
   *
   * @param name the event's name; `$identify` for an `/engage` without one
   * @param isProductTour it carries `$product_tour_id`, which tells a tour from a survey
   */
  check(name: string, isProductTour: boolean): OverQuota | undefined;
}

/**
 * Whether events are let in, asked before anything of them is normalised, so that a request over quota costs little
 * more than finding its token. Answers come from memory. The pipeline owns the port; the quota room implements it.
 */
export abstract class Admission {
  /** Undefined, one look-up, for a project that may send everything: nearly all of them. */
  abstract quotaOf(token: string): ProjectQuota | undefined;

  /** Told of the events that became durable, for those who count them. Returns at once. */
  accepted(_events: readonly CapturedEvent[]): void {}
}

/** Without quotas. */
export class AdmitAll extends Admission {
  quotaOf(): undefined {
    return undefined;
  }
}
