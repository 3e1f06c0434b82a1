import type { RedisSource } from '@app/redis';
import type { QuotaMetrics } from '../quota-metrics.js';
import type { ToldOnce } from '../refresh/told-once.js';
import { parseRestrictions } from './parse-restrictions.js';
import { RESTRICTION_TYPES, type RestrictionType } from './restriction.js';
import type { Restrictions } from './restrictions.js';

export const RESTRICTION_KEY = 'event_ingestion_restriction_dynamic_config:';

/**
 * Reads all types; one that can't be read keeps its rules, the others are taken over all the same.
 *
 * @throws the last failure, so that the refresh counts as failed
 */
export async function readRestrictions(
  redis: RedisSource,
  restrictions: Restrictions,
  metrics: QuotaMetrics,
  told: ToldOnce,
): Promise<void> {
  const outcomes = await Promise.allSettled(RESTRICTION_TYPES.map((type) => readType(type, redis, restrictions, metrics, told)));
  const failed = outcomes.find((outcome) => outcome.status === 'rejected');
  if (failed === undefined) restrictions.confirm();
  metrics.restrictionsLoaded(restrictions.count, restrictions.isStale);
  if (failed !== undefined) throw failed.reason;
}

async function readType(
  type: RestrictionType,
  redis: RedisSource,
  restrictions: Restrictions,
  metrics: QuotaMetrics,
  told: ToldOnce,
): Promise<void> {
  let text: string | null;
  try {
    text = await redis.get(RESTRICTION_KEY + type);
  } catch (error) {
    metrics.restrictionsFetched(type, 'error');
    throw error;
  }
  if (text === null) {
    metrics.restrictionsFetched(type, 'not_found');
    return restrictions.replace(type, []);
  }
  try {
    const { rules, problems } = parseRestrictions(type, text);
    for (const problem of problems) told.tell(`restrictions ${type}`, problem);
    if (problems.length > 0) metrics.malformed(`restrictions:${type}`, problems.length);
    restrictions.replace(type, rules);
    metrics.restrictionsFetched(type, 'success');
  } catch (error) {
    metrics.restrictionsFetched(type, 'parse_error');
    throw error;
  }
}
