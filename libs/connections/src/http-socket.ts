import type { Server, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';

/** What node:http notes at a connection. There is no public way to ask. */
interface Noted {
  readonly _httpMessage?: ServerResponse | null;
  readonly _paused?: boolean;
}

/** What node:stream keeps of a body that nobody takes. */
interface Streamed {
  readonly _readableState: { readonly buffer: readonly Buffer[]; readonly bufferIndex: number };
}

/** The answer that a connection is at; nothing while it is idle. */
export function answerOf(socket: Socket): ServerResponse | undefined {
  // oxlint-disable-next-line no-underscore-dangle
  return (socket as Noted)._httpMessage ?? undefined;
}

/** Whether all of a request has come, and not all of its answer has gone. */
export function isAtWork(socket: Socket): boolean {
  const answer = answerOf(socket);
  return answer !== undefined && answer.req.complete;
}

/** Of the request that a connection is at: how many pieces of its body nobody has taken yet. */
export function unreadChunks(socket: Socket): number {
  const request = answerOf(socket)?.req;
  if (request === undefined || request.readableLength === 0) return 0;
  // oxlint-disable-next-line no-underscore-dangle
  const { buffer, bufferIndex } = (request as unknown as Streamed)._readableState;
  return buffer.length - bufferIndex;
}

/** Of a server: connections on which a request has begun to come and is not complete, or nothing has come yet. */
export function unfinishedOn(server: Server): ReadonlySet<Socket> {
  const noted = Object.getOwnPropertySymbols(server).find(({ description }) => description === 'http.server.connections');
  const list = noted && (Reflect.get(server, noted) as { active(): { readonly socket: Socket }[] });
  return new Set(list?.active().map(({ socket }) => socket));
}

const stops = new WeakMap<Socket, number>();

/** Node:http has a connection read on whenever a body is asked for, or an answer has left. */
function stay(this: Socket): void {
  this.pause();
}

/** Whether it is our doing that nothing more is read of a connection. */
export function isStopped(socket: Socket): boolean {
  return (stops.get(socket) ?? 0) > 0;
}

/** Reads nothing more of a connection. @returns has it read again, unless somebody else has stopped it too */
export function stopReading(socket: Socket): () => void {
  const before = stops.get(socket) ?? 0;
  stops.set(socket, before + 1);
  socket.pause();
  if (before === 0) socket.on('resume', stay);
  let isOver = false;
  return () => {
    if (isOver) return;
    isOver = true;
    const left = (stops.get(socket) ?? 1) - 1;
    stops.set(socket, left);
    if (left > 0) return;
    socket.off('resume', stay);
    // Else node:http itself waits for its answers to leave, and has it read on then.
    // oxlint-disable-next-line no-underscore-dangle
    if ((socket as Noted)._paused !== true) socket.resume();
  };
}
