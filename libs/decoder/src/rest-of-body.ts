import type { IncomingMessage } from 'node:http';

const MOST_BYTES = 64 * 1024;
const MOST_MS = 1000;

/**
 * For a request that was answered before its body was there: reads on and throws away, for a moment, so that its client sees the answer
 * and not a reset; one that has sent all of it by then can use the connection again. Any other connection is closed.
 */
export function dropRest(request: IncomingMessage): void {
  const { socket } = request;
  if (request.complete || socket.destroyed) return;
  const until = socket.bytesRead + MOST_BYTES;
  const close = () => socket.destroy();
  const timer = setTimeout(close, MOST_MS).unref();
  request.once('close', () => clearTimeout(timer));
  request.on('data', () => {
    if (socket.bytesRead > until) close();
  });
}
