import type { MessagePort, Worker } from 'node:worker_threads';
import type { LoggerService } from '@nestjs/common';
import type { SharedLimits } from '@app/event';
import { asDumped, metricsOf, MetricsSum, type DumpedMetric, type MetricsDump } from '../workers/metrics-sum.js';
import { RestartPace } from '../workers/restart-pace.js';
import { RunningThread } from './running-thread.js';
import type { ThreadBody } from './thread-body.js';

export interface ReplayThreadOptions {
  /** Starts a thread with its end of the channel. */
  readonly start: (requests: MessagePort, limits: SharedLimits) => Worker;
  readonly limits: SharedLimits;
  readonly logger: Pick<LoggerService, 'log' | 'error'>;
  /** A thread that says nothing for so long is ended, milliseconds; 0 for never. */
  readonly patienceMs: number;
}

/** So many questions in a row that are not answered make up the patience. */
const BEATS = 6;
/** Under which its metrics are kept: there is one thread at a time. */
const THREAD = 1;

/**
 * The thread that works on recordings, so that the one that serves events does not: inflating, scanning, compressing and the
 * collection of all that garbage are done on another core, at a lower priority. It is started by the first recording; whoever asks
 * while none runs does the work itself, so that a thread that does not start, or dies, costs no recording.
 */
export class ReplayThread {
  readonly #sum = new MetricsSum();
  readonly #pace = new RestartPace();
  #running: RunningThread | undefined;
  #starts = 0;
  #handedOver = 0;
  #startAt = 0;
  #isStopping = false;
  #beat: NodeJS.Timeout | undefined;
  #onExit: (() => void) | undefined;

  constructor(private readonly options: ReplayThreadOptions) {}

  get limits(): SharedLimits {
    return this.options.limits;
  }

  /** Whether requests are for the thread. Starts one if none runs. */
  get serves(): boolean {
    if (this.#running === undefined && !this.#isStopping && performance.now() >= this.#startAt) this.#start();
    return this.#running?.serves === true;
  }

  /** For a request's body; undefined while no thread serves. */
  body(): ThreadBody | undefined {
    return this.serves ? this.#running?.body() : undefined;
  }

  /** Of the whole process, whichever thread has counted, as prom-client's JSON. */
  async metrics(): Promise<MetricsDump> {
    await this.#ask();
    return this.#sum.dump(await metricsOf(), this.#figures());
  }

  /** The same in Prometheus's text format. */
  async metricsText(): Promise<string> {
    await this.#ask();
    return this.#sum.text((await metricsOf()).map(kept), this.#figures());
  }

  /** After the last answer: what is on its way to brokers still arrives, or is stored. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    if (this.#running === undefined) return;
    const ended = new Promise<void>((resolve) => {
      this.#onExit = resolve;
    });
    this.#running.askToStop();
    await ended;
  }

  #start(): void {
    this.#starts++;
    const { start, limits, logger, patienceMs } = this.options;
    const running: RunningThread = new RunningThread((requests) => start(requests, limits), {
      serving: () => logger.log('recordings have a thread of their own', 'ReplayThread'),
      asked: () => this.#handedOver++,
      exited: (how) => this.#ended(running, how),
    });
    this.#running = running;
    if (patienceMs > 0) this.#watch(running);
  }

  #watch(running: RunningThread): void {
    let missed = 0;
    this.#beat = setInterval(() => {
      running.metrics().then(
        () => (missed = 0),
        () => {
          if (this.#running !== running || this.#isStopping || ++missed < BEATS) return;
          const silence = `says nothing for ${this.options.patienceMs / 1000} s`;
          this.options.logger.error(`the thread of recordings ${silence}: it is ended`, 'ReplayThread');
          this.#letGo(running);
          // Not before it is gone: one that is out of memory may not even end when it is told to (Node 26).
          this.#startAt = Infinity;
          running.terminate();
        },
      );
    }, this.options.patienceMs / BEATS).unref();
  }

  /** From here on the caller does the work itself. */
  #letGo(running: RunningThread): void {
    if (this.#running !== running) return;
    clearInterval(this.#beat);
    this.#running = undefined;
    this.options.limits.forgetOthers();
    this.#sum.retire(THREAD);
    running.letGo();
  }

  #ended(running: RunningThread, how: string): void {
    this.#letGo(running);
    const delay = this.#pace.delayAfter(performance.now() - running.startedAt);
    this.#startAt = performance.now() + delay;
    if (!this.#isStopping) {
      const next = `the next one starts in ${delay / 1000} s at the earliest`;
      this.options.logger.error(`the thread of recordings ended with ${how}; ${next}`, 'ReplayThread');
    }
    this.#onExit?.();
  }

  #figures(): MetricsDump {
    const figure = (name: string, type: 'counter' | 'gauge', help: string, value: number) =>
      asDumped(name, type, help, [{ labels: {}, value }]);
    return [
      figure('capture_replay_thread_up', 'gauge', '1 while recordings have a thread of their own.', this.#running?.serves ? 1 : 0),
      figure('capture_replay_thread_starts_total', 'counter', 'Threads of recordings that were started.', this.#starts),
      figure('capture_replay_thread_requests_total', 'counter', 'Requests handed over to them.', this.#handedOver),
    ];
  }

  async #ask(): Promise<void> {
    const running = this.#running;
    if (running?.serves !== true) return;
    const dump = await running.metrics().catch(() => undefined);
    // One that is too slow keeps what it had said before; one that has died meanwhile has been counted.
    if (dump !== undefined && this.#running === running) this.#sum.record(THREAD, dump);
  }
}

/** prom-client leaves out of a sum what several processes cannot have in common: when they started. Here there is one. */
function kept(dumped: DumpedMetric): DumpedMetric {
  return dumped.aggregator === 'omit' ? { ...dumped, aggregator: 'first' } : dumped;
}
