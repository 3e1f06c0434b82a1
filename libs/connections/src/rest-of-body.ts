import type { IncomingMessage, ServerResponse } from 'node:http';
import { Socket } from 'node:net';
import { TinyChunks } from './tiny-chunks.js';

const MOST_BYTES = 64 * 1024;
const MOST_MS = 1000;

const known = new WeakSet<IncomingMessage>();

/**
 * For a request that may be answered before its body is there: reads on after the answer and throws away, for a moment, so that its
 * client sees the answer and not a reset; one that has sent all of it by then can use the connection again. Any other connection is closed.
 */
export function dropRestOf(request: IncomingMessage, response: ServerResponse): void {
  if (!hasBody(request) || known.has(request)) return;
  known.add(request);
  // Before the answer has left: node:http throws away without end what nobody has begun to read by then.
  response.once('prefinish', () => dropRest(request));
}

function dropRest(request: IncomingMessage): void {
  const { socket } = request;
  // Of a request within the process nothing comes any more.
  if (request.complete || !(socket instanceof Socket) || socket.destroyed) return;
  const until = socket.bytesRead + MOST_BYTES;
  const close = () => {
    if (!request.complete) socket.destroy();
  };
  const timer = setTimeout(close, MOST_MS).unref();
  request.once('close', () => clearTimeout(timer));
  const tiny = new TinyChunks();
  request.on('data', (chunk: Buffer) => {
    tiny.came(chunk.length);
    if (socket.bytesRead > until) close();
  });
}

function hasBody({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined || (headers['content-length'] ?? '0') !== '0';
}
