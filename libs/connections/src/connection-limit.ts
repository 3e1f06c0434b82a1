import type { Socket } from 'node:net';
import { answerOf } from './http-socket.js';

/** Why a connection was closed by us: the metric's label. */
export type ClosedFor = 'room' | 'limit' | 'pipelining' | 'unread';

/** Looking through all of them is a millisecond: so many are found at a time, and nothing is looked for again soon when none was. */
const FOUND_AT_A_TIME = 256;
const LOOK_AGAIN_MS = 100;

const LAST_USE = Symbol('last use');
type Used = Socket & { [LAST_USE]?: number };

/** Keeps the number of open connections under its limit. */
export class ConnectionLimit {
  readonly #open = new Set<Socket>();
  #uses = 0;
  /** The longest idle last. */
  #idle: { readonly socket: Socket; readonly use: number }[] = [];
  #lookAt = -Infinity;

  constructor(
    readonly limit: number,
    private readonly closed: (why: ClosedFor) => void,
  ) {}

  get open(): ReadonlySet<Socket> {
    return this.#open;
  }

  /** Told of each new connection; may close it, or another one. */
  opened(socket: Socket): void {
    this.used(socket);
    if (this.#open.size >= this.limit) {
      const idle = this.#longestIdle();
      this.close(idle ?? socket, idle === undefined ? 'limit' : 'room');
      if (idle === undefined) return;
    }
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
  }

  /** Told of each request. */
  used(socket: Socket): void {
    // An order is all that is asked for, and no clock is cheaper.
    (socket as Used)[LAST_USE] = ++this.#uses;
  }

  close(socket: Socket, why: ClosedFor): void {
    this.#open.delete(socket);
    socket.destroy();
    this.closed(why);
  }

  #longestIdle(): Socket | undefined {
    return this.#next() ?? (this.#look() ? this.#next() : undefined);
  }

  #next(): Socket | undefined {
    for (let found = this.#idle.pop(); found !== undefined; found = this.#idle.pop()) {
      const { socket, use } = found;
      // It may have been used, or closed, since it was found.
      if (this.#open.has(socket) && lastUse(socket) === use && answerOf(socket) === undefined) return socket;
    }
    return undefined;
  }

  #look(): boolean {
    if (performance.now() < this.#lookAt) return false;
    const idle = [...this.#open].filter((socket) => answerOf(socket) === undefined).map((socket) => ({ socket, use: lastUse(socket) }));
    this.#idle = idle
      .sort((a, b) => a.use - b.use)
      .slice(0, FOUND_AT_A_TIME)
      .toReversed();
    if (idle.length === 0) this.#lookAt = performance.now() + LOOK_AGAIN_MS;
    return idle.length > 0;
  }
}

function lastUse(socket: Used): number {
  return socket[LAST_USE] ?? 0;
}
