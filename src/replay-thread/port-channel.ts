import type { Transferable } from 'node:worker_threads';
import type { Channel } from '../workers/conversation.js';

/** A `MessagePort` as much as a `Worker`. */
interface Port {
  postMessage(message: unknown, transfer: Transferable[]): void;
  on(event: 'message', listener: (message: unknown) => void): unknown;
}

/** One end of the line between two threads, for a `Conversation`. */
export function channelOf(port: Port): Channel {
  return {
    send: (message, _handle, _options, sent) => {
      port.postMessage(message, []);
      sent(null);
      return true;
    },
    on: (event, listener) => port.on(event, listener),
  };
}
