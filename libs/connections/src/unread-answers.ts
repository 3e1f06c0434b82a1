import type { Socket } from 'node:net';

interface Unread {
  readonly written: number;
  readonly since: number;
}

/** Finds connections whose client takes nothing of its answer. */
export class UnreadAnswers {
  #seen = new Map<Socket, Unread>();

  constructor(private readonly patienceMs: number) {}

  /** Those of which nothing was taken for longer than the patience. To be asked now and then. */
  overdue(sockets: Iterable<Socket>, now: number): Socket[] {
    const seen = new Map<Socket, Unread>();
    const overdue: Socket[] = [];
    for (const socket of sockets) {
      if (socket.writableLength === 0) continue;
      const before = this.#seen.get(socket);
      // What has left the process: of one piece it counts as a whole.
      const written = socket.bytesWritten - socket.writableLength;
      const unread = before?.written === written ? before : { written, since: now };
      if (now - unread.since > this.patienceMs) overdue.push(socket);
      else seen.set(socket, unread);
    }
    this.#seen = seen;
    return overdue;
  }
}
