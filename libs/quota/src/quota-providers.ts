import { randomUUID } from 'node:crypto';
import { Logger, type Provider } from '@nestjs/common';
import { Clock } from '@app/event';
import { Admission, AdmitAll } from '@app/pipeline';
import { RedisConnections } from '@app/redis';
import { ProjectDirectory } from '@app/token';
import { QuotaMetrics } from './quota-metrics.js';
import { QuotaConfig } from './quota.config.js';
import { LimitedTokens } from './quotas/limited-tokens.js';
import { QuotaAdmission } from './quotas/quota-admission.js';
import { QuotaFacts } from './quotas/quota.facts.js';
import { fileQuotas, redisQuotas } from './quotas/quota-source.js';
import { LimitRefreshes } from './refresh/limit-refreshes.js';
import { Refresh } from './refresh/refresh.js';
import { UsageCounter } from './usage/usage-counter.js';
import { RedisUsageStore } from './usage/usage-store.js';

/** A limit is noticed by every pod within two of these. */
const COUNT_FLUSH_MS = 1000;

/** Who is over quota: said by a source, counted here, or both. */
export function quotaProviders({ source, mode }: QuotaConfig): Provider[] {
  if (source === 'none' && mode === 'off') return [{ provide: Admission, useClass: AdmitAll }];
  return [
    {
      provide: LimitedTokens,
      inject: [QuotaConfig, Clock, QuotaMetrics, RedisConnections, LimitRefreshes],
      useFactory: openLimitedTokens,
    },
    { provide: UsageCounter, inject: [QuotaConfig, Clock, RedisConnections, ProjectDirectory, LimitRefreshes], useFactory: openUsage },
    {
      provide: Admission,
      inject: [Clock, QuotaMetrics, LimitedTokens, { token: UsageCounter, optional: true }],
      useFactory: (...parts: ConstructorParameters<typeof QuotaAdmission>) => new QuotaAdmission(...parts),
    },
    {
      provide: QuotaFacts,
      inject: [LimitedTokens, { token: UsageCounter, optional: true }],
      useFactory: (...parts: ConstructorParameters<typeof QuotaFacts>) => new QuotaFacts(...parts),
    },
  ];
}

function openLimitedTokens(
  { source, file, refreshMs }: QuotaConfig,
  clock: Clock,
  metrics: QuotaMetrics,
  redis: RedisConnections,
  refreshes: LimitRefreshes,
): LimitedTokens {
  const limited = new LimitedTokens();
  const parts = { limited, metrics, intervalMs: refreshMs };
  if (source === 'redis') refreshes.add(...redisQuotas(redis.openSource('QUOTA_SOURCE=redis', refreshMs), clock, parts));
  if (source === 'file') refreshes.add(...fileQuotas(file, parts));
  return limited;
}

function openUsage(
  { mode }: QuotaConfig,
  clock: Clock,
  redis: RedisConnections,
  directory: ProjectDirectory,
  refreshes: LimitRefreshes,
): UsageCounter | undefined {
  if (mode !== 'count') return undefined;
  if (directory.source === 'none')
    new Logger('Limits').warn('QUOTA_MODE=count counts nothing: no PROJECT_SOURCE says what projects may send');
  const usage = new UsageCounter({
    store: new RedisUsageStore(redis.open('QUOTA_MODE=count'), randomUUID()),
    clock,
    limitsOf: (token) => {
      const project = directory.find(token);
      return typeof project === 'object' ? project.limits : undefined;
    },
  });
  refreshes.add(new Refresh({ name: 'usage', intervalMs: COUNT_FLUSH_MS, load: () => usage.flush() }));
  refreshes.addLastCall(() => usage.flush());
  return usage;
}
