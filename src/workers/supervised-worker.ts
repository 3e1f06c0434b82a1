import type { EventEmitter } from 'node:events';
import { Conversation, type Channel, type Question } from './conversation.js';
import { RestartPace } from './restart-pace.js';

/** What node:cluster forks; in specs something that can be killed for nothing. */
export type WorkerProcess = EventEmitter & Channel & { readonly process: { readonly pid?: number; kill(signal: NodeJS.Signals): boolean } };

export interface WorkerEvents {
  fork(): WorkerProcess;
  /** What a worker asks the primary. */
  answer(question: Question): unknown;
  serving(worker: SupervisedWorker): void;
  /** @param restartMs when the next process starts; undefined when none will */
  ended(worker: SupervisedWorker, how: string, restartMs: number | undefined): void;
}

/** One of the n workers: a process, and the next one when that has died. */
export class SupervisedWorker {
  pid: number | undefined;
  /** Where its process listens; undefined while it does not. */
  url: string | undefined;
  restarts = 0;
  /** Processes in a row that died before they served. */
  failedStarts = 0;
  conversation: Conversation | undefined;
  readonly #pace = new RestartPace();
  #process: WorkerProcess | undefined;
  #timer: NodeJS.Timeout | undefined;
  #isStopping = false;
  #onEnd: (() => void) | undefined;

  constructor(
    /** From 1. */
    readonly number: number,
    private readonly events: WorkerEvents,
  ) {}

  start(): void {
    const startedAt = performance.now();
    const child = this.events.fork();
    this.#process = child;
    this.pid = child.process.pid;
    this.conversation = new Conversation(child, (question) => this.#answer(question));
    child.once('exit', (code: number | null, signal: string | null) => {
      this.#ended(signal ?? `exit code ${code}`, performance.now() - startedAt);
    });
    child.on('error', () => {}); // a signal or a message that came too late: its exit tells the rest
  }

  /** Resolves once it has ended. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearTimeout(this.#timer);
    if (this.#process === undefined) return;
    const ended = new Promise<void>((resolve) => {
      this.#onEnd = resolve;
    });
    // Not cluster's disconnect(): the worker goes on serving while it tells its clients to leave.
    this.kill('SIGTERM');
    await ended;
  }

  kill(signal: NodeJS.Signals): void {
    this.#process?.process.kill(signal);
  }

  #answer(question: Question): unknown {
    if (question.about !== 'serving') return this.events.answer(question);
    this.url = question.url;
    this.failedStarts = 0;
    this.events.serving(this);
    return undefined;
  }

  #ended(how: string, lifeMs: number): void {
    if (this.url === undefined) this.failedStarts++;
    this.#process = undefined;
    this.conversation = undefined;
    this.url = undefined;
    const delay = this.#isStopping ? undefined : this.#pace.delayAfter(lifeMs);
    if (delay !== undefined) {
      this.#timer = setTimeout(() => {
        this.restarts++;
        this.start();
      }, delay);
    }
    this.events.ended(this, how, delay);
    this.pid = undefined;
    this.#onEnd?.();
  }
}
