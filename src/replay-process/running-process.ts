import type { ChildProcess } from 'node:child_process';
import type { Socket } from 'node:net';
import { CaptureError, type SharedLimits } from '@app/event';
import { Conversation } from '../workers/conversation.js';
import type { MetricsDump } from '../workers/metrics-sum.js';
import { FRAME, frameReader, writeChunk, writeFrame, type FrameKind } from './frames.js';
import { HandedBody, type HandoverEnd } from './handed-body.js';
import { decodeAnswer, encodeRequest, type HandedAnswer, type HandedRequest } from './handed-request.js';
import { LastWords } from './last-words.js';
import { decodeLimits, mirrorLimits, type LimitsMirror } from './mirror-limits.js';
import { endOf, type EndReason, type ProcessEnd } from './process-end.js';
import { LOOK_MS, Silence } from './silence.js';
import { UnreadChunks } from './unread-chunks.js';
import { vitalsOf } from './vitals.js';

/** Which of its file descriptors the pipe of frames is. */
export const PIPE = 3;

/** It takes two seconds on an idle machine, and whoever waits for it does the work meanwhile. */
const START_LIMIT_MS = 120_000;

export interface RunningOptions {
  readonly limits: SharedLimits;
  /** One that says nothing for so long is ended, milliseconds; 0 for never. */
  readonly patienceMs: number;
  /** What it may have of the memory now, bytes. */
  readonly memoryLimit: () => number;
  /** What the bodies that are on their way to it may hold here, bytes. */
  readonly unreadLimit: number;
}

export interface ProcessEvents {
  serving(): void;
  /** A request was handed over. */
  asked(): void;
  /** It answers nothing any more. */
  gone(): void;
  /** It has ended; after `gone`. */
  ended(end: ProcessEnd): void;
}

type Waiting = { readonly resolve: (answer: HandedAnswer) => void; readonly reject: (error: Error) => void };

/** One process that works on recordings, from its start to its end, and the requests that are with it. */
export class RunningProcess implements HandoverEnd {
  readonly #startedAt = performance.now();
  readonly #pipe: Socket;
  readonly #conversation: Conversation;
  readonly #mirror: LimitsMirror;
  readonly #silence: Silence;
  readonly #unread: UnreadChunks;
  readonly #watch: NodeJS.Timeout;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #hasServed = false;
  #isGone = false;
  /** Why we have ended it. */
  #end: ProcessEnd | undefined;

  /** @param child one that runs, with pipes as standard error and as `PIPE`, and with a channel */
  constructor(
    private readonly child: ChildProcess,
    private readonly options: RunningOptions,
    private readonly events: ProcessEvents,
  ) {
    const { pid = 0, stdio, stderr } = child;
    this.#pipe = stdio[PIPE] as Socket;
    const hear = frameReader({ chunk: () => {}, frame: (kind, id, payload) => this.#hear(kind, id, payload) });
    // What goes wrong with it is told by the end of the process.
    this.#pipe.on('data', hear).on('error', () => {});
    this.#unread = new UnreadChunks(this.#pipe, options.unreadLimit);
    this.#mirror = mirrorLimits(options.limits, (own) => writeFrame(this.#pipe, FRAME.limits, 0, own));
    const vitals = vitalsOf(pid);
    this.#silence = new Silence(vitals, options.patienceMs);
    this.#conversation = new Conversation(child, ({ about }) => {
      if (about !== 'serving') return;
      this.#hasServed = true;
      events.serving();
    });
    this.#watch = setInterval(() => this.#look(vitals.residentBytes()), LOOK_MS).unref();
    this.#awaitEnd(new LastWords(stderr!, process.stderr));
    // None keeps a process alive that has nothing else to do.
    for (const handle of [child, child.channel, this.#pipe, stderr as Socket]) handle?.unref();
  }

  /** Whether it is there for requests: not while it has said nothing for long, or does not read what it was sent. */
  get serves(): boolean {
    return this.#hasServed && !this.#isGone && !this.#silence.isLong && !this.#unread.areMany;
  }

  body(): HandedBody {
    return new HandedBody(++this.#lastId, this);
  }

  chunk(id: number, bytes: Buffer): void {
    if (this.#isGone) return;
    this.#unread.sent();
    writeChunk(this.#pipe, id, bytes, this.#unread.taken);
  }

  off(id: number): void {
    if (!this.#isGone) writeFrame(this.#pipe, FRAME.off, id);
  }

  answer(id: number, request: HandedRequest): Promise<HandedAnswer> {
    if (this.#isGone) return Promise.reject(gone());
    this.events.asked();
    this.#mirror.sync();
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      writeFrame(this.#pipe, FRAME.request, id, encodeRequest(request));
    });
  }

  /** @throws Error when it is silent for two seconds */
  metrics(): Promise<MetricsDump> {
    return this.#conversation.ask({ about: 'metrics' });
  }

  /** Its answer is its end, once what it has is with the brokers or stored. */
  askToStop(): void {
    this.child.ref();
    this.#conversation.ask({ about: 'stop' }).catch(() => {});
  }

  /** Whatever it is doing: the system ends it, and takes all that it had. */
  kill(): void {
    this.child.kill('SIGKILL');
  }

  #look(residentBytes: number): void {
    const { patienceMs, memoryLimit } = this.options;
    const limit = memoryLimit();
    if (residentBytes > limit) return this.#endFor('memory', `it had ${mib(residentBytes)} of memory, of at most ${mib(limit)}`);
    if (this.#unread.areTooMany) return this.#endFor('silent', 'it did not read what it was sent');
    if (patienceMs === 0) return;
    // It has no words before.
    if (!this.#hasServed) return this.#lookAtStart();
    const silence = this.#silence.look();
    if (silence !== undefined) this.#endFor('silent', silence);
  }

  #lookAtStart(): void {
    if (performance.now() - this.#startedAt > START_LIMIT_MS) this.#endFor('start', `it did not serve within ${START_LIMIT_MS / 1000} s`);
  }

  #endFor(reason: EndReason, how: string): void {
    this.#end ??= { reason, how };
    this.kill();
  }

  #awaitEnd(words: LastWords): void {
    let exit: { code: number | null; signal: NodeJS.Signals | null } = { code: null, signal: null };
    this.child.once('exit', (code, signal) => {
      exit = { code, signal };
      this.#letGo();
    });
    // When all that it has written is read as well.
    this.child.once('close', () => {
      this.events.ended(this.#end ?? endOf({ ...exit, hasServed: this.#hasServed, fatal: words.reason }));
    });
    this.child.on('error', () => {}); // a question that came too late: its end tells the rest
  }

  /** Whoever waits for it is told that it is gone. */
  #letGo(): void {
    this.#isGone = true;
    clearInterval(this.#watch);
    this.#mirror.stop();
    this.#pipe.destroy();
    this.events.gone();
    for (const { reject } of this.#waiting.values()) reject(gone());
    this.#waiting.clear();
  }

  #hear(kind: FrameKind, id: number, payload: Buffer): void {
    this.#silence.heard();
    if (kind === FRAME.limits) return this.options.limits.hear(decodeLimits(payload));
    const asker = this.#waiting.get(id);
    if (kind === FRAME.answer) asker?.resolve(decodeAnswer(payload));
    else asker?.reject(new CaptureError('internal'));
    this.#waiting.delete(id);
  }
}

function gone(): CaptureError {
  return new CaptureError('transient', 'the process of recordings has ended');
}

function mib(bytes: number): string {
  return `${Math.round(bytes / 2 ** 20)} MiB`;
}
