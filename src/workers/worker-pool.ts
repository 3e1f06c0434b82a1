import type { LoggerService } from '@nestjs/common';
import type { Question } from './conversation.js';
import { SupervisedWorker, type WorkerProcess } from './supervised-worker.js';

/** With the delays between them a good quarter of a minute. */
const MOST_FAILED_STARTS = 5;

export interface PoolOptions {
  readonly count: number;
  readonly logger: Pick<LoggerService, 'log' | 'error'>;
  readonly fork: () => WorkerProcess;
  readonly answer: (question: Question) => unknown;
  /** A process has ended: what it counted counts no more. */
  readonly onEnded: (pid: number | undefined) => void;
  /** The pool is of no use any more; why, or nothing when the worker has said so itself. */
  readonly giveUp: (reason: string | undefined) => void;
}

/** Keeps n workers running. */
export class WorkerPool {
  readonly workers: readonly SupervisedWorker[];
  isStopping = false;
  /** All of them have served at the same time, once. */
  wasWhole = false;
  #othersStarted = false;
  #url = Promise.withResolvers<string>();

  constructor(private readonly options: PoolOptions) {
    const events = {
      fork: options.fork,
      answer: options.answer,
      serving: (worker: SupervisedWorker) => this.#serving(worker),
      ended: (worker: SupervisedWorker, how: string, restartMs: number | undefined) => this.#ended(worker, how, restartMs),
    };
    this.workers = Array.from({ length: options.count }, (_, i) => new SupervisedWorker(i + 1, events));
  }

  get serving(): readonly SupervisedWorker[] {
    return this.workers.filter(({ url }) => url !== undefined);
  }

  /** The first worker goes ahead: what stops its boot would stop every boot, and is said once. @returns where they listen, once all do */
  start(): Promise<string> {
    this.workers[0].start();
    return this.#url.promise;
  }

  /** Resolves once none runs; what still does after `limitMs` is killed. */
  async stop(limitMs: number): Promise<void> {
    this.isStopping = true;
    const kill = setTimeout(() => this.workers.forEach((worker) => worker.kill('SIGKILL')), limitMs);
    await Promise.all(this.workers.map((worker) => worker.stop()));
    clearTimeout(kill);
  }

  #serving(worker: SupervisedWorker): void {
    if (this.wasWhole) return this.options.logger.log(`worker ${worker.number} serves again (pid ${worker.pid})`, 'Workers');
    if (!this.#othersStarted) for (const other of this.workers.slice(1)) other.start();
    this.#othersStarted = true;
    if (this.serving.length < this.workers.length) return;
    this.wasWhole = true;
    this.#url.resolve(worker.url!);
  }

  #ended(worker: SupervisedWorker, how: string, restartMs: number | undefined): void {
    const { logger, onEnded, giveUp } = this.options;
    onEnded(worker.pid);
    if (this.isStopping || restartMs === undefined) return;
    const who = `worker ${worker.number} (pid ${worker.pid})`;
    if (!this.#othersStarted) return giveUp(how.startsWith('exit code') ? undefined : `${who} ended with ${how} before it served`);
    const isHopeless = worker.failedStarts >= MOST_FAILED_STARTS && (!this.wasWhole || this.serving.length === 0);
    if (isHopeless) return giveUp(`${who} ended with ${how}: ${worker.failedStarts} starts in a row have failed`);
    logger.error(`${who} ended with ${how}; the next one starts in ${restartMs / 1000} s`, 'Workers');
  }
}
