import type { MessagePort } from 'node:worker_threads';
import type { Environment } from '@app/config';

/** The head of a request whose body has been read: all that is left of it is CPU time. */
export interface ThreadRequest {
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Of the client's, or the last proxy's, connection. */
  readonly remoteAddress: string | undefined;
  /** When its head had been read, Unix milliseconds. */
  readonly receivedAt: number;
}

/** To the thread. Bytes are transferred: they are gone on the side that sends them. */
export type ToThread =
  /** The next ones of a body. */
  | { readonly id: number; readonly chunk: Uint8Array<ArrayBuffer> }
  /** Its body is all there. */
  | { readonly id: number; readonly request: ThreadRequest }
  /** It was refused, or its client has gone. */
  | { readonly id: number; readonly isOff: true };

export interface ThreadAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | number | undefined>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

export interface FromThread {
  readonly id: number;
  /** Undefined when the thread failed at it. */
  readonly answer: ThreadAnswer | undefined;
}

/** What a thread is started with. */
export interface ThreadStart {
  readonly env: Environment;
  /** Where requests come from, and answers go to. */
  readonly requests: MessagePort;
  /** What both threads hold of the process's limits (`SharedLimits`). */
  readonly cells: Float64Array<SharedArrayBuffer>;
}
