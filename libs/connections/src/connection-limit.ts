import type { Socket } from 'node:net';
import { markOf } from './connection-mark.js';
import { answerOf, isAtWork } from './http-socket.js';

/** Why a connection was closed by us: the metric's label. */
export type ClosedFor = 'room' | 'slow' | 'limit' | 'idle' | 'heads' | 'chunks' | 'pipelining' | 'unread';

/** Looking through all of them is a millisecond: so many are found at a time, and nothing is looked for again soon when none was. */
const FOUND_AT_A_TIME = 256;
const LOOK_AGAIN_MS = 100;
/** A request that comes faster than this, bytes a second, or is younger, milliseconds, keeps its place. */
const SLOW_BYTES_A_SECOND = 2048;
const SLOW_AFTER_MS = 1000;

interface Found {
  readonly socket: Socket;
  readonly use: number;
  readonly why: ClosedFor;
}

/** Keeps the number of open connections under its limit. */
export class ConnectionLimit {
  readonly #open = new Set<Socket>();
  #uses = 0;
  /** Those that give way first last. */
  #found: Found[] = [];
  #lookAt = -Infinity;

  constructor(
    readonly limit: number,
    private readonly closed: (why: ClosedFor) => void,
  ) {}

  get open(): ReadonlySet<Socket> {
    return this.#open;
  }

  /** Told of each new connection; may close it, or another one. @returns whether it stays */
  opened(socket: Socket): boolean {
    markOf(socket).use = ++this.#uses;
    if (this.#open.size >= this.limit) {
      const { socket: leaving, why } = this.#givingWay() ?? { socket, why: 'limit' };
      this.close(leaving, why);
      if (leaving === socket) return false;
    }
    this.#open.add(socket);
    socket.once('close', () => this.#open.delete(socket));
    return true;
  }

  /** Told of each request. */
  used(socket: Socket): void {
    markOf(socket).use = ++this.#uses;
  }

  close(socket: Socket, why: ClosedFor): void {
    this.#open.delete(socket);
    socket.destroy();
    this.closed(why);
  }

  #givingWay(): Found | undefined {
    return this.#next() ?? (this.#look() ? this.#next() : undefined);
  }

  #next(): Found | undefined {
    for (let found = this.#found.pop(); found !== undefined; found = this.#found.pop()) {
      const { socket, use } = found;
      // It may have been used, or closed, since it was found.
      if (this.#open.has(socket) && markOf(socket).use === use && !isAtWork(socket)) return found;
    }
    return undefined;
  }

  /** The longest idle first; where there are none, the slowest to send what it has begun. */
  #look(): boolean {
    const now = performance.now();
    if (now < this.#lookAt) return false;
    const waited = [...this.#open].filter((socket) => !isAtWork(socket));
    const idle = waited.filter((socket) => answerOf(socket) === undefined).map((socket) => candidate(socket, 'room', markOf(socket).use));
    const all = idle.length > 0 ? idle : waited.map((socket) => candidate(socket, 'slow', speedOf(socket, now)));
    this.#found = all
      .filter(({ why, rank }) => why === 'room' || rank < SLOW_BYTES_A_SECOND)
      .sort((a, b) => a.rank - b.rank)
      .slice(0, FOUND_AT_A_TIME)
      .toReversed();
    if (this.#found.length === 0) this.#lookAt = now + LOOK_AGAIN_MS;
    return this.#found.length > 0;
  }
}

function candidate(socket: Socket, why: ClosedFor, rank: number) {
  return { socket, why, rank, use: markOf(socket).use };
}

/** Of the request that it is at, bytes a second; Infinity for one that is too young to tell. */
function speedOf(socket: Socket, now: number): number {
  const { use, useThen, since, bytesThen } = markOf(socket);
  const ms = now - since;
  return use === useThen && ms >= SLOW_AFTER_MS ? ((socket.bytesRead - bytesThen) * 1000) / ms : Infinity;
}
