import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import type { LoggerService } from '@nestjs/common';
import { CaptureError, type SharedLimits } from '@app/event';
import { register } from 'prom-client';
import { Conversation } from '../workers/conversation.js';
import { MetricsSum, type DumpedMetric, type MetricsDump } from '../workers/metrics-sum.js';
import { restartDelay, STEADY_MS } from '../workers/restart-delay.js';
import { channelOf } from './port-channel.js';
import { ThreadBody } from './thread-body.js';
import type { FromThread, ThreadAnswer, ThreadRequest, ToThread } from './thread-request.js';

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

type Waiting = { readonly resolve: (answer: ThreadAnswer) => void; readonly reject: (error: Error) => void };

/** A thread that serves: from `serving` until its exit. */
interface Running {
  readonly worker: Worker;
  readonly requests: MessagePort;
  readonly conversation: Conversation;
  readonly waiting: Map<number, Waiting>;
  readonly startedAt: number;
  serves: boolean;
}

/**
 * The thread that works on recordings, so that the one that serves events does not: inflating, scanning, compressing and the
 * collection of all that garbage are done on another core, at a lower priority. It is started by the first recording; whoever asks
 * while none runs does the work itself, so that a thread that does not start, or dies, costs no recording.
 */
export class ReplayThread {
  readonly #sum = new MetricsSum();
  #running: Running | undefined;
  #lastId = 0;
  #starts = 0;
  #handedOver = 0;
  #early = 0;
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
    const running = this.serves ? this.#running : undefined;
    if (running === undefined) return undefined;
    return new ThreadBody(++this.#lastId, {
      post: (message, transfer) => running.requests.postMessage(message, transfer),
      answer: (id, request) => this.#answer(running, id, request),
    });
  }

  /** Of the whole process, whichever thread has counted, as prom-client's JSON. */
  async metrics(): Promise<MetricsDump> {
    await this.#ask();
    return this.#sum.dump(await ownMetrics(), this.#figures());
  }

  /** The same in Prometheus's text format. */
  async metricsText(): Promise<string> {
    await this.#ask();
    return this.#sum.text((await ownMetrics()).map(kept), this.#figures());
  }

  /** After the last answer: what is on its way to brokers still arrives, or is stored. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    const running = this.#running;
    if (running === undefined) return;
    const ended = new Promise<void>((resolve) => {
      this.#onExit = resolve;
    });
    // The answer is its exit.
    running.conversation.ask({ about: 'stop' }).catch(() => {});
    await ended;
  }

  #answer(running: Running, id: number, request: ThreadRequest): Promise<ThreadAnswer> {
    if (this.#running !== running) return Promise.reject(gone());
    this.#handedOver++;
    const message: ToThread = { id, request };
    return new Promise((resolve, reject) => {
      running.waiting.set(id, { resolve, reject });
      running.requests.postMessage(message, []);
    });
  }

  #start(): void {
    this.#starts++;
    const { port1, port2 } = new MessageChannel();
    const worker = this.options.start(port2, this.options.limits);
    const running: Running = {
      worker,
      requests: port1,
      waiting: new Map(),
      startedAt: performance.now(),
      serves: false,
      conversation: new Conversation(channelOf(worker), ({ about }) => {
        if (about !== 'serving') return undefined;
        running.serves = true;
        this.options.logger.log('recordings have a thread of their own', 'ReplayThread');
        return undefined;
      }),
    };
    this.#running = running;
    port1.on('message', ({ id, answer }: FromThread) => {
      const asker = running.waiting.get(id);
      if (answer === undefined) asker?.reject(new CaptureError('internal'));
      else asker?.resolve(answer);
      running.waiting.delete(id);
    });
    // Neither keeps a process alive that has nothing else to do.
    port1.unref();
    worker.unref();
    let failure: Error | undefined;
    worker.on('error', (error: Error) => (failure = error));
    worker.once('exit', (code) => this.#ended(running, failure?.message ?? `exit code ${code}`));
    if (this.options.patienceMs > 0) this.#watch(running);
  }

  #watch(running: Running): void {
    let missed = 0;
    this.#beat = setInterval(() => {
      running.conversation.ask({ about: 'metrics' }).then(
        () => (missed = 0),
        () => {
          if (this.#running !== running || this.#isStopping || ++missed < BEATS) return;
          const silence = `says nothing for ${this.options.patienceMs / 1000} s`;
          this.options.logger.error(`the thread of recordings ${silence}: it is ended`, 'ReplayThread');
          this.#letGo(running);
          // Not before it is gone: one that is out of memory may not even end when it is told to (Node 26).
          this.#startAt = Infinity;
          void running.worker.terminate();
        },
      );
    }, this.options.patienceMs / BEATS).unref();
  }

  /** From here on the caller does the work itself. */
  #letGo(running: Running): void {
    if (this.#running !== running) return;
    clearInterval(this.#beat);
    this.#running = undefined;
    running.requests.close();
    this.options.limits.forgetOthers();
    this.#sum.retire(THREAD);
    for (const { reject } of running.waiting.values()) reject(gone());
  }

  #ended(running: Running, how: string): void {
    this.#letGo(running);
    this.#early = performance.now() - running.startedAt < STEADY_MS ? this.#early + 1 : 0;
    const delay = restartDelay(this.#early);
    this.#startAt = performance.now() + delay;
    if (!this.#isStopping) {
      const next = `the next one starts in ${delay / 1000} s at the earliest`;
      this.options.logger.error(`the thread of recordings ended with ${how}; ${next}`, 'ReplayThread');
    }
    this.#onExit?.();
  }

  #figures(): MetricsDump {
    const metric = (name: string, type: string, help: string, value: number): DumpedMetric => {
      return { name, help, type, aggregator: 'sum', values: [{ labels: {}, value }] };
    };
    return [
      metric('capture_replay_thread_up', 'gauge', '1 while recordings have a thread of their own.', this.#running?.serves ? 1 : 0),
      metric('capture_replay_thread_starts_total', 'counter', 'Threads of recordings that were started.', this.#starts),
      metric('capture_replay_thread_requests_total', 'counter', 'Requests handed over to them.', this.#handedOver),
    ];
  }

  async #ask(): Promise<void> {
    const running = this.#running;
    if (running?.serves !== true) return;
    const dump = await running.conversation.ask<MetricsDump>({ about: 'metrics' }).catch(() => undefined);
    // One that is too slow keeps what it had said before; one that has died meanwhile has been counted.
    if (dump !== undefined && this.#running === running) this.#sum.record(THREAD, dump);
  }
}

async function ownMetrics(): Promise<MetricsDump> {
  return (await register.getMetricsAsJSON()) as unknown as MetricsDump;
}

/** prom-client leaves out of a sum what several processes cannot have in common: when they started. Here there is one. */
function kept(metric: DumpedMetric): DumpedMetric {
  return metric.aggregator === 'omit' ? { ...metric, aggregator: 'first' } : metric;
}

function gone(): CaptureError {
  return new CaptureError('transient', 'the thread of recordings has ended');
}
