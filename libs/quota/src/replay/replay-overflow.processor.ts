import type { CapturedEvent } from '@app/event';
import { EventProcessor, Processor } from '@app/pipeline';
import { OverflowConfig } from '../overflow/overflow.config.js';
import { QuotaMetrics } from '../quota-metrics.js';

/** Sessions that a consumer found too busy, until when (Unix seconds); kept fresh in the background. */
export class BusySessions {
  private sessions: ReadonlyMap<string, number> = new Map();

  replace(sessions: ReadonlyMap<string, number>): void {
    this.sessions = sessions;
  }

  has(sessionId: string, nowMs: number): boolean {
    const until = this.sessions.get(sessionId);
    return until !== undefined && until * 1000 > nowMs;
  }
}

/** Sends recordings of busy sessions, and of projects that the operator named, to their overflow; the key stays the session. */
@Processor({ stage: 'route', order: 40 })
export class ReplayOverflow extends EventProcessor {
  private readonly tokens: ReadonlySet<string>;

  constructor(
    config: OverflowConfig,
    private readonly sessions: BusySessions,
    private readonly metrics: QuotaMetrics,
  ) {
    super();
    this.tokens = new Set(config.replayTokens);
  }

  process(event: CapturedEvent, { now }: { readonly now: number }): CapturedEvent {
    if (event.route !== 'replay') return event;
    const isForced = this.tokens.has(event.token);
    if (!isForced && (event.sessionId === undefined || !this.sessions.has(event.sessionId, now))) return event;
    this.metrics.overflowed(isForced ? 'forced_token' : 'replay_session');
    return { ...event, route: 'replay_overflow' };
  }
}
