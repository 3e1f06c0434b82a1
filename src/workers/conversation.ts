import type { SharedRead } from '@app/redis';

/** What primary and workers, or a process that serves and the one for its recordings, want of each other. */
export type Question =
  /** Of a worker: its metrics as prom-client's JSON. */
  | { readonly about: 'metrics' }
  /** Of a worker: what its public listener answers to a GET. */
  | { readonly about: 'page'; readonly url: string }
  /** Of a worker: what it believes of a project, or of all. */
  | { readonly about: 'projects'; readonly token?: string }
  /** Of the primary: the metrics of all workers, as text. */
  | { readonly about: 'all-metrics' }
  /** Of the primary: by what workers know each other's canaries. */
  | { readonly about: 'canary-mark' }
  /** Of the primary: what Redis says. */
  | { readonly about: 'source'; readonly read: SharedRead }
  /** To the primary: this worker serves now. */
  | { readonly about: 'serving'; readonly url: string }
  /** Of a process of recordings: to end, once what it has is with the brokers or stored. */
  | { readonly about: 'stop' };

export interface Page {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** One end of the channel between two processes: `process` in the one that was started, the other in the one that started it. */
export interface Channel {
  send?(message: unknown, handle: undefined, options: undefined, sent: (error: Error | null) => void): boolean;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

type Message =
  | { readonly id: number; readonly question: Question }
  | { readonly id: number; readonly answer: unknown }
  | { readonly id: number; readonly failure: string };

/** A worker that is this slow is not well; a probe of an orchestrator does not wait longer either. */
const PATIENCE_MS = 2000;

/** Questions and answers over the channel, in both directions. */
export class Conversation {
  readonly #waiting = new Map<number, { resolve: (answer: unknown) => void; reject: (error: Error) => void }>();
  #lastId = 0;

  constructor(
    private readonly channel: Channel,
    private readonly answerTo: (question: Question) => unknown,
  ) {
    channel.on('message', (message) => void this.#hear(message as Message));
  }

  /** @throws Error when the other end fails, is gone, or says nothing for so long: two seconds unless told otherwise */
  async ask<T>(question: Question, patienceMs = PATIENCE_MS): Promise<T> {
    const id = ++this.#lastId;
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<T>((resolve, reject) => {
        this.#waiting.set(id, { resolve: resolve as (answer: unknown) => void, reject });
        timer = setTimeout(() => reject(new Error(`no answer about ${question.about}`)), patienceMs);
        this.#say({ id, question });
      });
    } finally {
      clearTimeout(timer);
      this.#waiting.delete(id);
    }
  }

  async #hear(message: Message): Promise<void> {
    const { id } = message;
    if ('question' in message) {
      try {
        this.#say({ id, answer: await this.answerTo(message.question) });
      } catch (error) {
        this.#say({ id, failure: (error as Error).message });
      }
      return;
    }
    const asker = this.#waiting.get(id);
    if ('failure' in message) asker?.reject(new Error(message.failure));
    else asker?.resolve(message.answer);
  }

  #say(message: Message): void {
    const onSent = (error: Error | null) => {
      if (error) this.#waiting.get(message.id)?.reject(error);
    };
    // Whoever answers an end that has gone answers nobody; whoever asks it is told.
    this.channel.send?.(message, undefined, undefined, onSent);
  }
}
