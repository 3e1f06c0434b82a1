import type { CapturedEvent } from '@app/event';
import { EventProcessor, Processor } from '@app/pipeline';
import { keyOf } from '../overflow/overflow.processor.js';
import { QuotaMetrics } from '../quota-metrics.js';
import { GlobalRateLimitConfig } from './global-rate-limit.config.js';
import { GlobalRateLimiter } from './global-rate-limiter.js';

/** Of the id, so that keys in Redis stay short. */
const MAX_ID_CHARS = 128;

/** Never refuses: an id over the rate that all pods share goes to overflow, spread, without person processing. */
@Processor({ stage: 'route', order: 30 })
export class GlobalRateLimit extends EventProcessor {
  constructor(
    private readonly config: GlobalRateLimitConfig,
    private readonly limiter: GlobalRateLimiter,
    private readonly metrics: QuotaMetrics,
  ) {
    super();
  }

  process(event: CapturedEvent): CapturedEvent {
    if (event.route !== 'main' && event.route !== 'overflow') return event;
    if (!this.limiter.isLimited(event.token, redisKeyOf(event))) return event;
    this.metrics.globallyLimited();
    if (this.config.isDryRun) return event;
    if (event.route === 'main') this.metrics.overflowed('global_rate_limit');
    return { ...event, route: 'overflow', partitionKey: null, disablePersonProcessing: true };
  }
}

function redisKeyOf(event: CapturedEvent): string {
  const key = keyOf(event);
  const longest = event.token.length + 1 + MAX_ID_CHARS;
  return key.length <= longest ? key : key.slice(0, longest).toWellFormed();
}
