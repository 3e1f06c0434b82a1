import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { stopReading } from '@app/connections';

/**
 * Reads nothing more of a body for now. What Node has read by then (64 KB) still comes: a paused body would keep it chunk by chunk,
 * and one-byte chunks take some 400 bytes each.
 *
 * @returns reads on
 */
export function pauseReading(stream: IncomingMessage): () => void {
  const { socket } = stream;
  if (!(socket instanceof Socket)) {
    stream.pause();
    return () => stream.resume();
  }
  return stopReading(socket);
}
