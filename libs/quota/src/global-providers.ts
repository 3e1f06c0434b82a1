import { Logger, type Provider } from '@nestjs/common';
import { Clock } from '@app/event';
import { RedisConnections } from '@app/redis';
import { GlobalRateLimitConfig } from './global/global-rate-limit.config.js';
import { GlobalRateLimit } from './global/global-rate-limit.processor.js';
import { GlobalRateLimiter } from './global/global-rate-limiter.js';
import { Thresholds } from './global/thresholds.js';
import { RedisWindowStore } from './global/window-store.js';
import { QuotaMetrics } from './quota-metrics.js';
import { LimitRefreshes } from './refresh/limit-refreshes.js';
import { Refresh } from './refresh/refresh.js';

/** The reference appends its mode; all analytics events are counted together. */
const PREFIX = '@ph/grl/capture/tok_distid/events';

export function globalProviders({ isEnabled }: GlobalRateLimitConfig): Provider[] {
  if (!isEnabled) return [];
  return [
    {
      provide: GlobalRateLimiter,
      inject: [GlobalRateLimitConfig, Clock, RedisConnections, QuotaMetrics, LimitRefreshes],
      useFactory: openLimiter,
    },
    GlobalRateLimit,
  ];
}

function openLimiter(
  config: GlobalRateLimitConfig,
  clock: Clock,
  connections: RedisConnections,
  metrics: QuotaMetrics,
  refreshes: LimitRefreshes,
): GlobalRateLimiter {
  const redis = connections.open('GLOBAL_RATE_LIMIT_ENABLED', config.redisUrl);
  const thresholds = new Thresholds(config.threshold, config.overrides);
  const rate = { windowMs: config.windowSeconds * 1000, syncMs: config.syncSeconds * 1000, maxKeys: config.maxKeys };
  const limiter = new GlobalRateLimiter(rate, thresholds, new RedisWindowStore(redis, PREFIX, config.windowSeconds), clock);
  refreshes.add(
    new Refresh({
      name: 'global rate limit',
      intervalMs: config.tickMs,
      load: () => limiter.sync(),
      onFailure: () => metrics.refreshFailed('global_rate_limit'),
    }),
  );
  const key = config.customThresholdKey;
  const refreshMs = config.customThresholdRefreshSeconds * 1000;
  const source = connections.openSource('GLOBAL_RATE_LIMIT_ENABLED', refreshMs, config.redisUrl);
  const logger = new Logger('Limits');
  const load = async () => {
    const text = await source.get(key);
    const skipped = text === null ? 0 : thresholds.replace(text);
    if (skipped === 0) return;
    metrics.malformed('custom_thresholds', skipped);
    logger.warn(`${skipped} of the custom thresholds are no positive numbers; skipped`);
  };
  if (key !== '') refreshes.add(new Refresh({ name: 'custom thresholds', intervalMs: refreshMs, load }));
  return limiter;
}
