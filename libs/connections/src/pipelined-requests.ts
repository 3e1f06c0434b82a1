import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { stopReading } from './http-socket.js';

/** Requests that wait in the whole process: 2 KiB each, and what their heads say. */
const MOST_WAITING = 16_384;
/** So many of one connection are begun in a turn of the event loop: the shortest are answered within it, one after the other. */
const BEGUN_A_TURN = 16;

/** Of one connection. */
interface Line {
  length: number;
  /** In this turn. */
  begun: number;
  readOn: () => void;
}

/**
 * Requests that came before the one before them was answered. One after the other is begun, when the answer before it has been taken, and
 * nothing is read of a connection on which one waits; but what Node has read in one go (64 KB, of the shortest requests 2,500) is there.
 */
export class PipelinedRequests {
  readonly #lines = new WeakMap<Socket, Line>();
  #waiting = 0;

  /** @param refuse for a connection whose request has no place any more */
  constructor(private readonly refuse: (socket: Socket) => void) {}

  get waiting(): number {
    return this.#waiting;
  }

  wait({ socket }: IncomingMessage, response: ServerResponse, begin: () => void): void {
    if (socket.destroyed) return;
    if (this.#waiting >= MOST_WAITING) return this.refuse(socket);
    const line = this.#lineOf(socket);
    if (line.length++ === 0) line.readOn = stopReading(socket);
    this.#waiting++;
    const leave = () => {
      if (socket.destroyed) return; // its line is gone with it
      this.#waiting--;
      if (--line.length === 0) line.readOn();
      begin();
    };
    response.once('socket', () => inTurn(line, leave));
  }

  #lineOf(socket: Socket): Line {
    const known = this.#lines.get(socket);
    if (known !== undefined) return known;
    const line: Line = { length: 0, begun: 0, readOn: () => {} };
    this.#lines.set(socket, line);
    socket.once('close', () => {
      this.#waiting -= line.length;
      line.length = 0;
    });
    return line;
  }
}

function inTurn(line: Line, begin: () => void): void {
  if (++line.begun < BEGUN_A_TURN) return begin();
  setImmediate(() => {
    line.begun = 0;
    begin();
  });
}
