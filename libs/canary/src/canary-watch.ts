import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { ACKS, Clock, type Ack } from '@app/event';
import type { Counter, Gauge, Histogram } from 'prom-client';
import type { CanaryAnswer } from './post-canary.js';

/**
 * What a canary has come to: `acknowledged`, durable somewhere; `delivered`, where its consumers read, which with Kafka is
 * later when it went by way of the spool.
 */
const FATES = ['acknowledged', 'delivered'] as const;
type Fate = (typeof FATES)[number];

const RESULTS: readonly CanaryAnswer['result'][] = [...ACKS, 'refused', 'unanswered'];
/** Promises that are kept already. */
const DELIVERED: ReadonlySet<string> = new Set<Ack>(['kafka', 'log']);

/** How far the canaries come. Ages count from the start of the process, so that one that never came anywhere is seen. */
@Injectable()
export class CanaryWatch {
  /** When the newest of each fate was sent; by the monotonic clock, so that a step of the other one makes none look fresh. */
  private readonly newest: Record<Fate, number>;

  constructor(
    private readonly clock: Clock,
    @InjectMetric('capture_canary_age_seconds') gauge: Gauge<'fate'>,
    @InjectMetric('capture_canary_seconds') private readonly seconds: Histogram<'fate'>,
    @InjectMetric('capture_canary_answers_total') private readonly answers: Counter<'result'>,
  ) {
    const now = clock.monotonic();
    this.newest = { acknowledged: now, delivered: now };
    for (const result of RESULTS) answers.inc({ result }, 0);
    const collect = () => {
      for (const fate of FATES) gauge.set({ fate }, this.ageSeconds(fate));
    };
    Object.assign(gauge, { collect });
  }

  /** @param ms from sending it to this answer */
  answered({ result }: CanaryAnswer, ms: number): void {
    this.answers.inc({ result });
    if (result === 'refused' || result === 'unanswered') return;
    this.reached('acknowledged', ms);
    if (DELIVERED.has(result)) this.reached('delivered', ms);
  }

  /** The spool has delivered one, maybe one of an earlier process. @param sentAt Unix milliseconds */
  drained(sentAt: number): void {
    this.reached('delivered', Math.max(0, this.clock.now() - sentAt));
  }

  ageSeconds(fate: Fate): number {
    return (this.clock.monotonic() - this.newest[fate]) / 1000;
  }

  private reached(fate: Fate, ms: number): void {
    this.seconds.observe({ fate }, ms / 1000);
    this.newest[fate] = Math.max(this.newest[fate], this.clock.monotonic() - ms);
  }
}
