import type { Resource } from '@app/event';

/** Why an event left its lane for overflow: the reference's words. */
export type OverflowReason =
  'event_restriction' | 'force_limited' | 'rate_limited' | 'global_rate_limit' | 'replay_session' | 'forced_token';

export type Lane = 'dlq' | 'custom_topic' | 'historical';

/** What the limits count. The metrics room implements it, with names that dashboards know. */
export abstract class QuotaMetrics {
  /** An event was over quota. */
  abstract quotaExceeded(resource: Resource): void;
  /** How many tokens a cache holds, told at each refresh. */
  abstract loadedTokens(cacheKey: string, count: number): void;
  /** A key of the overflow limiter was over its rate. */
  abstract keyOverCapacity(): void;
  /** An event of a key was over the rate that all pods share. */
  abstract globallyLimited(): void;
  abstract overflowed(reason: OverflowReason): void;
  abstract rerouted(lane: Lane, reason: string): void;
  abstract restrictionApplied(type: string): void;
  abstract restrictionsLoaded(count: number, isStale: boolean): void;
  /** `result`: `success`, `not_found`, `error` or `parse_error`. */
  abstract restrictionsFetched(type: string, result: string): void;
  /** Records that could not be used, by the source that held them. */
  abstract malformed(source: string, count: number): void;
  /** A refresh in the background failed; what was read last goes on. */
  abstract refreshFailed(source: string): void;
  /** Read when metrics are scraped. */
  abstract watchKeyCount(count: () => number): void;
  /** Read when metrics are scraped: requests refused because their project held its share of the bytes in flight. */
  abstract watchShareRefusals(count: () => number): void;
}
