import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';

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
  const stay = () => socket.pause();
  stay();
  // The body asks for more as long as it flows.
  socket.on('resume', stay);
  return () => {
    socket.off('resume', stay);
    socket.resume();
  };
}
