import type { ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** The answer that a connection is at, as node:http notes it; nothing while it is idle. There is no public way to ask. */
export function answerOf(socket: Socket): ServerResponse | undefined {
  // oxlint-disable-next-line no-underscore-dangle
  return (socket as { _httpMessage?: ServerResponse | null })._httpMessage ?? undefined;
}

/** Reads nothing more of a connection. @returns has it read again */
export function stopReading(socket: Socket): () => void {
  const stay = () => socket.pause();
  stay();
  // node:http has it read on whenever a body is asked for, or an answer has left.
  socket.on('resume', stay);
  return () => {
    socket.off('resume', stay);
    socket.resume();
  };
}
