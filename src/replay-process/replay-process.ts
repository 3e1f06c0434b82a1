import type { ChildProcess } from 'node:child_process';
import type { LoggerService } from '@nestjs/common';
import { asDumped, metricsOf, MetricsSum, type DumpedMetric, type MetricsDump } from '../workers/metrics-sum.js';
import { RestartPace } from '../workers/restart-pace.js';
import type { HandedBody } from './handed-body.js';
import { END_REASONS, type EndReason, type ProcessEnd } from './process-end.js';
import { RunningProcess, type RunningOptions } from './running-process.js';

export interface ReplayProcessOptions extends RunningOptions {
  /** Starts one, with pipes as standard error and as `PIPE`, and with a channel. */
  readonly start: () => ChildProcess;
  readonly logger: Pick<LoggerService, 'log' | 'error'>;
}

/** Under which its metrics are kept: there is one process at a time. */
const ONE = 1;

/**
 * The process that works on recordings, so that the one that serves events does not: inflating, scanning, compressing and the
 * collection of all that garbage are done on another core, at a lower priority. It is started by the first recording; whoever asks
 * while none runs does the work itself, so that a process that does not start, or dies, costs no recording.
 *
 * Not a thread of this process: a thread that is in a call of V8 (a large `JSON.parse`, `replaceAll`) cannot be ended before that
 * returns, and takes the whole process with it when memory runs out in there.
 */
export class ReplayProcess {
  readonly #sum = new MetricsSum();
  readonly #pace = new RestartPace();
  readonly #ends = new Map<EndReason, number>(END_REASONS.map((reason) => [reason, 0]));
  #running: RunningProcess | undefined;
  #starts = 0;
  #handedOver = 0;
  #startAt = 0;
  #isStopping = false;
  #onEnd: (() => void) | undefined;

  constructor(private readonly options: ReplayProcessOptions) {}

  get limits(): RunningOptions['limits'] {
    return this.options.limits;
  }

  /** Whether requests are for the process. Starts one if none runs. */
  get serves(): boolean {
    if (this.#running === undefined && !this.#isStopping && performance.now() >= this.#startAt) this.#start();
    return this.#running?.serves === true;
  }

  /** For a request's body; undefined while no process serves. */
  body(): HandedBody | undefined {
    return this.serves ? this.#running?.body() : undefined;
  }

  /** Of both processes, as prom-client's JSON. */
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
      this.#onEnd = resolve;
    });
    this.#running.askToStop();
    await ended;
  }

  /** At once, whatever it is doing. */
  kill(): void {
    this.#running?.kill();
  }

  #start(): void {
    this.#starts++;
    // None beside it, however its start goes.
    this.#startAt = Infinity;
    const startedAt = performance.now();
    const failed = ({ message }: Error) => this.#ended({ reason: 'start', how: message }, startedAt);
    try {
      const child = this.options.start();
      if (child.pid === undefined) return void child.once('error', failed);
      this.#running = new RunningProcess(child, this.options, {
        serving: () => this.options.logger.log('recordings have a process of their own', 'ReplayProcess'),
        asked: () => this.#handedOver++,
        gone: () => this.#letGo(),
        ended: (end) => this.#ended(end, startedAt),
      });
    } catch (error) {
      failed(error as Error);
    }
  }

  /** From here on the caller does the work itself. */
  #letGo(): void {
    this.#running = undefined;
    this.options.limits.forgetOthers();
    this.#sum.retire(ONE);
  }

  #ended({ reason, how }: ProcessEnd, startedAt: number): void {
    const delay = this.#pace.delayAfter(performance.now() - startedAt);
    this.#startAt = performance.now() + delay;
    if (!this.#isStopping) {
      this.#ends.set(reason, (this.#ends.get(reason) ?? 0) + 1);
      const next = `the next one starts in ${delay / 1000} s at the earliest`;
      this.options.logger.error(`the process of recordings has ended: ${how}; ${next}`, 'ReplayProcess');
    }
    this.#onEnd?.();
  }

  #figures(): MetricsDump {
    const figure = (name: string, type: 'counter' | 'gauge', help: string, value: number) =>
      asDumped(name, type, help, [{ labels: {}, value }]);
    const ends = [...this.#ends].map(([reason, value]) => ({ labels: { reason }, value }));
    return [
      figure('capture_replay_thread_up', 'gauge', '1 while recordings have a process of their own.', this.#running?.serves ? 1 : 0),
      figure('capture_replay_thread_starts_total', 'counter', 'Processes of recordings that were started.', this.#starts),
      figure('capture_replay_thread_requests_total', 'counter', 'Requests handed over to them.', this.#handedOver),
      asDumped(
        'capture_replay_thread_ends_total',
        'counter',
        'Processes of recordings that ended before they were told to, by reason.',
        ends,
      ),
    ];
  }

  async #ask(): Promise<void> {
    const running = this.#running;
    if (running?.serves !== true) return;
    const dump = await running.metrics().catch(() => undefined);
    // One that is too slow keeps what it had said before; one that has died meanwhile has been counted.
    if (dump !== undefined && this.#running === running) this.#sum.record(ONE, dump);
  }
}

/** prom-client leaves out of a sum what several processes cannot have in common: when they started. Here one speaks for both. */
function kept(dumped: DumpedMetric): DumpedMetric {
  return dumped.aggregator === 'omit' ? { ...dumped, aggregator: 'first' } : dumped;
}
