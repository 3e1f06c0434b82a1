import { MessageChannel, type MessagePort, type Worker } from 'node:worker_threads';
import { CaptureError } from '@app/event';
import { Conversation } from '../workers/conversation.js';
import type { MetricsDump } from '../workers/metrics-sum.js';
import { channelOf } from './port-channel.js';
import { ThreadBody, type ThreadEnd } from './thread-body.js';
import type { FromThread, ThreadAnswer, ThreadRequest, ToThread } from './thread-request.js';

export interface ThreadEvents {
  serving(): void;
  /** A request was handed over. */
  asked(): void;
  exited(how: string): void;
}

type Waiting = { readonly resolve: (answer: ThreadAnswer) => void; readonly reject: (error: Error) => void };

/** One thread of recordings, from its start to its exit, and the requests that are with it. */
export class RunningThread implements ThreadEnd {
  readonly startedAt = performance.now();
  serves = false;
  readonly #worker: Worker;
  readonly #requests: MessagePort;
  readonly #conversation: Conversation;
  readonly #waiting = new Map<number, Waiting>();
  #lastId = 0;
  #isLetGo = false;

  /** @param start starts it with its end of the channel */
  constructor(
    start: (requests: MessagePort) => Worker,
    private readonly events: ThreadEvents,
  ) {
    const { port1, port2 } = new MessageChannel();
    this.#requests = port1;
    this.#worker = start(port2);
    this.#conversation = new Conversation(channelOf(this.#worker), ({ about }) => {
      if (about !== 'serving') return;
      this.serves = true;
      events.serving();
    });
    port1.on('message', (message: FromThread) => this.#hear(message));
    // Neither keeps a process alive that has nothing else to do.
    port1.unref();
    this.#worker.unref();
    let failure: Error | undefined;
    this.#worker.on('error', (error: Error) => (failure = error));
    this.#worker.once('exit', (code) => events.exited(failure?.message ?? `exit code ${code}`));
  }

  body(): ThreadBody {
    return new ThreadBody(++this.#lastId, this);
  }

  post(message: ToThread, transfer: ArrayBuffer[]): void {
    this.#requests.postMessage(message, transfer);
  }

  answer(id: number, request: ThreadRequest): Promise<ThreadAnswer> {
    if (this.#isLetGo) return Promise.reject(gone());
    this.events.asked();
    return new Promise((resolve, reject) => {
      this.#waiting.set(id, { resolve, reject });
      this.post({ id, request }, []);
    });
  }

  /** @throws Error when it is silent for two seconds */
  metrics(): Promise<MetricsDump> {
    return this.#conversation.ask({ about: 'metrics' });
  }

  /** Its answer is its exit, once what it has is with the brokers or stored. */
  askToStop(): void {
    this.#conversation.ask({ about: 'stop' }).catch(() => {});
  }

  /** Whoever waits for it is told that it is gone, which it may not be yet. */
  letGo(): void {
    this.#isLetGo = true;
    this.#requests.close();
    for (const { reject } of this.#waiting.values()) reject(gone());
    this.#waiting.clear();
  }

  terminate(): void {
    void this.#worker.terminate();
  }

  #hear({ id, answer }: FromThread): void {
    const asker = this.#waiting.get(id);
    if (answer === undefined) asker?.reject(new CaptureError('internal'));
    else asker?.resolve(answer);
    this.#waiting.delete(id);
  }
}

function gone(): CaptureError {
  return new CaptureError('transient', 'the thread of recordings has ended');
}
