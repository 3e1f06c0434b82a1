import { Module, type DynamicModule } from '@nestjs/common';
import { Clock } from '@app/event';
import { Admission, FairShare } from '@app/pipeline';
import { ProjectShares } from './fairness/project-shares.js';
import { globalProviders } from './global-providers.js';
import { GlobalRateLimitConfig } from './global/global-rate-limit.config.js';
import { OverflowConfig } from './overflow/overflow.config.js';
import { OverflowLanes } from './overflow/overflow-lanes.js';
import { QuotaMetrics } from './quota-metrics.js';
import { quotaProviders } from './quota-providers.js';
import { QuotaConfig } from './quota.config.js';
import { LimitRefreshes } from './refresh/limit-refreshes.js';
import { RestrictionsConfig } from './restrictions/restrictions.config.js';
import { routingProviders } from './routing-providers.js';

export interface QuotaOptions {
  /** The validated configuration, by class. */
  readonly config: { get<T extends object>(configClass: new () => T): T };
  /** What all requests under way may hold together, bytes. */
  readonly maxInFlightBytes: number;
  /** Whether AI events have a topic to overflow to. */
  readonly hasAiOverflow: boolean;
}

/** Limits of all kinds. What is not configured is not there: no step of the pipeline, no connection, no timer. */
@Module({})
export class QuotaModule {
  static forRoot({ config, maxInFlightBytes, hasAiOverflow }: QuotaOptions): DynamicModule {
    const share = maxInFlightBytes * config.get(QuotaConfig).inFlightShare;
    return {
      module: QuotaModule,
      global: true,
      providers: [
        LimitRefreshes,
        { provide: OverflowLanes, useValue: new OverflowLanes(hasAiOverflow) },
        { provide: ProjectShares, inject: [Clock, QuotaMetrics], useFactory: (...parts: Parts) => newShares(share, ...parts) },
        { provide: FairShare, useExisting: ProjectShares },
        ...quotaProviders(config.get(QuotaConfig)),
        ...routingProviders(config.get(OverflowConfig), config.get(RestrictionsConfig)),
        ...globalProviders(config.get(GlobalRateLimitConfig)),
      ],
      exports: [Admission, FairShare, LimitRefreshes, ProjectShares],
    };
  }
}

type Parts = readonly [clock: Clock, metrics: QuotaMetrics];

function newShares(share: number, ...[clock, metrics]: Parts): ProjectShares {
  const shares = new ProjectShares(share, clock);
  metrics.watchShareRefusals(() => shares.refused);
  return shares;
}
