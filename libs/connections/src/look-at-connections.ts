import type { Socket } from 'node:net';
import type { ConnectionLimit } from './connection-limit.js';
import { markOf } from './connection-mark.js';
import { answerOf, isAtWork, isStopped } from './http-socket.js';

export interface LookLimits {
  /** How long a connection may be without a request, whatever comes on it, milliseconds. */
  readonly idleMs: number;
  /** How long a head may take to come while the connection is read, milliseconds. */
  readonly headMs: number;
  /** What all heads together may hold that are being read, bytes. */
  readonly headsBytes: number;
  /** The longest head, bytes. */
  readonly headBytes: number;
}

/**
 * Closes connections that have had no request for too long (node:http starts its own clock anew with every blank line), and of those
 * whose heads are being read the ones that hold most, while all of them hold too much. To be called every second or so.
 *
 * @param late told of each connection whose head takes too long; node:http would count the time in which we read nothing of it
 * @param unfinished those on which some of a request has come, and not all
 * @param now milliseconds
 * @returns what has come of the heads that are left, bytes
 */
export function lookAtConnections(
  connections: ConnectionLimit,
  unfinished: ReadonlySet<Socket>,
  { idleMs, headMs, headsBytes, headBytes }: LookLimits,
  now: number,
  late: (socket: Socket) => void,
): number {
  const heads: { socket: Socket; bytes: number }[] = [];
  for (const socket of connections.open) {
    const mark = markOf(socket);
    // What came with the end of the request before it may be its beginning.
    const isAmidHead = unfinished.has(socket) && (answerOf(socket) === undefined || isAtWork(socket));
    if (!isAmidHead || isStopped(socket)) mark.headUse = -1;
    else if (mark.headUse !== mark.use) Object.assign(mark, { headUse: mark.use, headSince: now });
    else if (now - mark.headSince > headMs) {
      late(socket);
      continue;
    }
    if (isIdleFor(socket, now) > idleMs) connections.close(socket, 'idle');
    // What has been read and waits for its turn is no head yet.
    const read = socket.bytesRead - socket.readableLength;
    if (isAmidHead) heads.push({ socket, bytes: Math.min(headBytes, read - mark.bytesBeforeHead) });
    else mark.bytesBeforeHead = read;
  }
  let held = heads.reduce((sum, { bytes }) => sum + bytes, 0);
  if (held <= headsBytes) return held;
  for (const { socket, bytes } of heads.sort((a, b) => b.bytes - a.bytes)) {
    connections.close(socket, 'heads');
    held -= bytes;
    if (held <= headsBytes) break;
  }
  return held;
}

function isIdleFor(socket: Socket, now: number): number {
  const mark = markOf(socket);
  if (mark.use !== mark.useThen) Object.assign(mark, { useThen: mark.use, since: now, bytesThen: socket.bytesRead });
  else if (isAtWork(socket)) mark.since = now;
  return answerOf(socket) === undefined ? now - mark.since : 0;
}
