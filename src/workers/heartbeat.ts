import { readFileSync } from 'node:fs';
import type { LoggerService } from '@nestjs/common';
import type { Page } from './conversation.js';
import type { SupervisedWorker } from './supervised-worker.js';

/** So many beats in a row that are missed make up the patience. */
const BEATS = 6;

/**
 * States in which a silent worker could not speak: stopped by somebody (T, t), or waiting for a disk (D). It is not its
 * event loop then, and another process would do no better.
 */
const EXCUSES: ReadonlySet<string | undefined> = new Set(['T', 't', 'D']);

export interface HeartbeatOptions {
  readonly serving: () => readonly SupervisedWorker[];
  readonly patienceMs: number;
  readonly logger: Pick<LoggerService, 'error'>;
  /** The state of a process as /proc has it, one letter; undefined where there is none. */
  readonly stateOf?: (pid: number) => string | undefined;
}

type Beat = 'well' | 'blocked' | 'silent';

/**
 * Replaces workers whose event loop is blocked. An orchestrator does that for a process alone; of several it sees none,
 * as the others answer its probes. Beats are counted, not time, so that a primary that was stopped itself blames nobody.
 */
export class Heartbeat {
  readonly #missed = new Map<number, number>();
  #timer: NodeJS.Timeout | undefined;

  constructor(private readonly options: HeartbeatOptions) {}

  /** Nothing without patience. */
  start(): void {
    if (this.options.patienceMs === 0) return;
    this.#timer = setInterval(() => void this.beat(), this.options.patienceMs / BEATS);
    this.#timer.unref();
  }

  stop(): void {
    clearInterval(this.#timer);
  }

  /** Asks all of them once. */
  async beat(): Promise<void> {
    const serving = this.options.serving();
    const pids = new Set(serving.map(({ pid }) => pid));
    for (const pid of this.#missed.keys()) if (!pids.has(pid)) this.#missed.delete(pid);
    await Promise.all(serving.map((worker) => this.#ask(worker)));
  }

  async #ask(worker: SupervisedWorker): Promise<void> {
    const { pid } = worker;
    const beat = await beatOf(worker);
    // It may have ended meanwhile.
    if (pid === undefined || worker.pid !== pid) return;
    if (beat === 'well') this.#missed.delete(pid);
    else if (beat === 'blocked' || !EXCUSES.has((this.options.stateOf ?? processState)(pid))) this.#miss(worker, pid, beat);
  }

  #miss(worker: SupervisedWorker, pid: number, beat: Beat): void {
    const missed = (this.#missed.get(pid) ?? 0) + 1;
    this.#missed.set(pid, missed);
    if (missed < BEATS) return;
    if (missed === BEATS) {
      const how = beat === 'blocked' ? 'says that its event loop is blocked' : 'says nothing';
      this.options.logger.error(
        `worker ${worker.number} (pid ${pid}) ${how} for ${this.options.patienceMs / 1000} s: it is replaced`,
        'Workers',
      );
    }
    // Who still turns may drain, for a beat.
    worker.kill(beat === 'blocked' && missed === BEATS ? 'SIGTERM' : 'SIGKILL');
  }
}

async function beatOf({ conversation }: SupervisedWorker): Promise<Beat> {
  const page = await conversation?.ask<Page>({ about: 'page', url: '/_liveness' }).catch(() => undefined);
  if (page === undefined) return 'silent';
  return page.status === 200 ? 'well' : 'blocked';
}

function processState(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    // The name of the program before it may hold anything.
    return stat.slice(stat.lastIndexOf(')') + 2)[0];
  } catch {
    return undefined;
  }
}
