import { Logger } from '@nestjs/common';
import { AdminFacts, ProjectFacts } from '@app/admin';
import { Clock, type CapturedEvent } from '@app/event';
import { EventProcessor, Processor } from '@app/pipeline';
import { BusiestKeys } from '../fairness/busiest-keys.js';
import { QuotaMetrics } from '../quota-metrics.js';
import { Gcra } from './gcra.js';
import { OverflowConfig } from './overflow.config.js';
import { OverflowLanes } from './overflow-lanes.js';
import { TokenIds } from './token-ids.js';

const HOT_KEYS = 64;
const REPORT_MS = 60_000;

/** The ids that went over their rate lately, in bounded memory. */
@AdminFacts('hotKeys')
export class HotKeys extends ProjectFacts {
  private readonly keys = new BusiestKeys(HOT_KEYS);
  private readonly logger = new Logger('Overflow');
  private limited = 0;
  private reportAt: number | undefined;

  /** @param now monotonic milliseconds */
  add(key: string, now: number): void {
    this.keys.add(key);
    this.limited++;
    this.reportAt ??= now;
    if (now < this.reportAt) return;
    // Ids are personal data: the log says that there are some, the admin port says which.
    this.logger.warn(`${this.limited} events over the rate of their id went to overflow; the admin port names the busiest ids`);
    this.limited = 0;
    this.reportAt = now + REPORT_MS;
    this.keys.halve();
  }

  factsOf(token: string): unknown {
    const mine = this.keys.top(HOT_KEYS).filter(({ key }) => key.startsWith(`${token}:`));
    return mine.length === 0
      ? undefined
      : mine.map(({ key, count }) => ({ distinctId: key.slice(token.length + 1), overRate: Math.round(count) }));
  }

  override overview(): unknown {
    return this.keys.top(20).map(({ key, count }) => ({ key, overRate: Math.round(count) }));
  }
}

/**
 * Sends an id that sends too much to overflow, where it holds up nobody else; of the lanes that have one. Before it nothing but restrictions decides.
 */
@Processor({ stage: 'route', order: 20 })
export class OverflowLimiter extends EventProcessor {
  private readonly forced: TokenIds;
  private readonly gcra: Gcra;

  constructor(
    private readonly config: OverflowConfig,
    private readonly clock: Clock,
    private readonly metrics: QuotaMetrics,
    private readonly hotKeys: HotKeys,
    private readonly lanes: OverflowLanes,
  ) {
    super();
    this.forced = new TokenIds(config.forced);
    this.gcra = new Gcra(config, config.maxKeys);
    metrics.watchKeyCount(() => this.gcra.size);
  }

  process(event: CapturedEvent): CapturedEvent {
    const route = this.lanes.of(event.route);
    if (route === undefined) return event;
    if (this.forced.has(event)) {
      this.metrics.overflowed('force_limited');
      return { ...event, route, partitionKey: null, disablePersonProcessing: true };
    }
    const key = keyOf(event);
    const now = this.clock.monotonic();
    if (!this.gcra.isLimited(key, now)) return event;
    this.metrics.keyOverCapacity();
    this.metrics.overflowed('rate_limited');
    this.hotKeys.add(key, now);
    return { ...event, route, partitionKey: this.config.keepsLocality ? event.partitionKey : null };
  }
}

/** As partitions see it: cookieless visitors share an id, their partition key tells them apart. */
export function keyOf({ partitionKey, token, distinctId }: CapturedEvent): string {
  return partitionKey ?? `${token}:${distinctId}`;
}
