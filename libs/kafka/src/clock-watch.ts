import type { ProducerEngine } from './engine/producer-engine.js';
import type { KafkaMetrics } from './kafka-metrics.js';

const EVERY_MS = 60_000;
/** A cluster that does not tell, or may not tell us, is not asked every minute. */
const UNTOLD_EVERY_MS = 600_000;

/** How far this machine's clock and the cluster's are apart: a gauge, so that somebody hears of it before records are refused for it. */
export class ClockWatch {
  #timer: NodeJS.Timeout | undefined;
  #isTold = false;
  #stopped = false;

  constructor(
    private readonly engine: ProducerEngine,
    private readonly metrics: KafkaMetrics,
  ) {}

  start(): void {
    void this.#look();
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  /** A broker refused records for their time: the clocks are at least this far apart, if nobody can tell how far. */
  refused(aheadMs: number): void {
    if (!this.#isTold) this.#tell(aheadMs);
  }

  #tell(skewMs: number): void {
    this.metrics.clockGap(Math.abs(skewMs) / 1000);
  }

  async #look(): Promise<void> {
    const clock = await this.engine.clusterClock().catch(() => undefined);
    this.#isTold = clock !== undefined && 'skewMs' in clock;
    if (clock !== undefined && 'skewMs' in clock) this.#tell(clock.skewMs);
    if (this.#stopped) return;
    this.#timer = setTimeout(() => void this.#look(), this.#isTold ? EVERY_MS : UNTOLD_EVERY_MS);
    this.#timer.unref();
  }
}
