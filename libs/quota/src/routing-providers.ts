import { Logger, type Provider } from '@nestjs/common';
import { Clock } from '@app/event';
import { RedisConnections } from '@app/redis';
import { HistoricalRerouting } from './overflow/historical-rerouting.processor.js';
import { LikelyAnonymous } from './overflow/likely-anonymous.processor.js';
import { OverflowConfig } from './overflow/overflow.config.js';
import { HotKeys, OverflowLimiter } from './overflow/overflow.processor.js';
import { TokenDropper } from './overflow/token-dropper.processor.js';
import { QuotaMetrics } from './quota-metrics.js';
import { REPLAY_OVERFLOW_KEY, readSortedSet } from './quotas/sorted-set.js';
import { LimitRefreshes } from './refresh/limit-refreshes.js';
import { Refresh } from './refresh/refresh.js';
import { ToldOnce } from './refresh/told-once.js';
import { BusySessions, ReplayOverflow } from './replay/replay-overflow.processor.js';
import { RestrictionDropper, RestrictionOverflow, RestrictionRedirect } from './restrictions/restriction.processors.js';
import { Restrictions } from './restrictions/restrictions.js';
import { RestrictionsConfig } from './restrictions/restrictions.config.js';
import { readRestrictions } from './restrictions/read-restrictions.js';

const SESSIONS_REFRESH_MS = 5000;

/** The steps that send events off their lane; only those that something is configured for. */
export function routingProviders(overflow: OverflowConfig, restrictions: RestrictionsConfig): Provider[] {
  if (overflow.forced.length > 0 && !overflow.isEnabled)
    new Logger('Limits').warn('INGESTION_FORCE_OVERFLOW_BY_TOKEN_DISTINCT_ID does nothing without OVERFLOW_ENABLED=true');
  const isReplayOn = overflow.replaySessions || overflow.replayTokens.length > 0;
  return [
    LikelyAnonymous,
    ...(overflow.dropped.length > 0 ? [TokenDropper] : []),
    ...(overflow.reroutesHistorical ? [HistoricalRerouting] : []),
    ...(overflow.isEnabled ? [HotKeys, OverflowLimiter] : []),
    ...(restrictions.isEnabled
      ? [
          {
            provide: Restrictions,
            inject: [RestrictionsConfig, Clock, RedisConnections, QuotaMetrics, LimitRefreshes],
            useFactory: openRestrictions,
          },
          RestrictionDropper,
          RestrictionRedirect,
          RestrictionOverflow,
        ]
      : []),
    ...(isReplayOn
      ? [
          {
            provide: BusySessions,
            inject: [OverflowConfig, Clock, RedisConnections, QuotaMetrics, LimitRefreshes],
            useFactory: openSessions,
          },
          ReplayOverflow,
        ]
      : []),
  ];
}

function openRestrictions(
  config: RestrictionsConfig,
  clock: Clock,
  connections: RedisConnections,
  metrics: QuotaMetrics,
  refreshes: LimitRefreshes,
): Restrictions {
  const restrictions = new Restrictions(clock, config.failOpenAfterSeconds * 1000);
  const redis = connections.openSource('EVENT_RESTRICTIONS_ENABLED', config.refreshSeconds * 1000, config.redisUrl);
  const told = new ToldOnce();
  refreshes.add(
    new Refresh({
      name: 'restrictions',
      intervalMs: config.refreshSeconds * 1000,
      load: () => readRestrictions(redis, restrictions, metrics, told),
      onFailure: () => metrics.refreshFailed('restrictions'),
    }),
  );
  return restrictions;
}

function openSessions(
  config: OverflowConfig,
  clock: Clock,
  connections: RedisConnections,
  metrics: QuotaMetrics,
  refreshes: LimitRefreshes,
): BusySessions {
  const sessions = new BusySessions();
  if (!config.replaySessions) return sessions;
  const redis = connections.openSource('REPLAY_OVERFLOW_SESSIONS_ENABLED', SESSIONS_REFRESH_MS);
  const load = async () => {
    const { members, malformed } = await readSortedSet(redis, REPLAY_OVERFLOW_KEY, clock.now());
    if (malformed > 0) metrics.malformed(REPLAY_OVERFLOW_KEY, malformed);
    sessions.replace(members);
    metrics.loadedTokens(REPLAY_OVERFLOW_KEY, members.size);
  };
  const onFailure = () => metrics.refreshFailed(REPLAY_OVERFLOW_KEY);
  refreshes.add(new Refresh({ name: REPLAY_OVERFLOW_KEY, intervalMs: SESSIONS_REFRESH_MS, load, onFailure }));
  return sessions;
}
