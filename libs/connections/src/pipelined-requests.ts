import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { stopReading } from './http-socket.js';
import { turn } from './turn.js';

/** So many of one connection are begun in a turn of the event loop, and of all as long as it is not spent: the shortest are answered at once. */
const BEGUN_A_TURN = 16;
/** What a request takes, beside its head and body, with its answer that is to come. */
const REQUEST_BYTES = 2048;
const BYTES_A_HEADER = 64;
/** As far as Node reads in one go; that is the most that waits of a body. */
const READ_BYTES = 64 * 1024;
/** What Node keeps for a chunk of one byte, which takes six to send. */
const BYTES_A_CHUNKED_BYTE = 70;
/** What reading one more costs of a turn, and what answering the shortest does. */
const UNITS_TO_READ = 4;
const UNITS_TO_ANSWER = 8;

/** Of one connection. */
interface Line {
  length: number;
  /** What all that wait here hold. */
  bytes: number;
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
  #bytes = 0;

  /**
   * @param mostBytes what all that wait may hold
   * @param refuse for a connection whose request has no place any more
   */
  constructor(
    private readonly mostBytes: number,
    private readonly refuse: (socket: Socket) => void,
  ) {}

  get waiting(): number {
    return this.#waiting;
  }

  /** What those that wait hold at most. */
  get bytes(): number {
    return this.#bytes;
  }

  wait(request: IncomingMessage, response: ServerResponse, begin: () => void): void {
    const { socket } = request;
    if (socket.destroyed) return;
    turn.spend(UNITS_TO_READ);
    if (isChunked(request)) spendForChunks(request);
    const bytes = bytesOf(request);
    // One alone always has room.
    if (this.#waiting > 0 && this.#bytes + bytes > this.mostBytes) return this.refuse(socket);
    const line = this.#lineOf(socket);
    if (line.length++ === 0) line.readOn = stopReading(socket);
    this.#waiting++;
    this.#hold(line, bytes);
    const leave = () => {
      if (socket.destroyed) return; // its line is gone with it
      this.#waiting--;
      this.#hold(line, -bytes);
      if (--line.length === 0) line.readOn();
      begin();
    };
    response.once('socket', () => inTurn(line, leave));
  }

  #hold(line: Line, bytes: number): void {
    line.bytes += bytes;
    this.#bytes += bytes;
  }

  #lineOf(socket: Socket): Line {
    const known = this.#lines.get(socket);
    if (known !== undefined) return known;
    const line: Line = { length: 0, bytes: 0, begun: 0, readOn: () => {} };
    this.#lines.set(socket, line);
    socket.once('close', () => {
      this.#waiting -= line.length;
      this.#hold(line, -line.bytes);
      line.length = 0;
    });
    return line;
  }
}

function isChunked({ headers }: IncomingMessage): boolean {
  return headers['transfer-encoding'] !== undefined;
}

/** Nobody takes its body yet, to count what its chunks cost: all of one read, as which 200 connections may come in one turn. */
function spendForChunks(request: IncomingMessage): void {
  const push = request.push.bind(request);
  request.push = (chunk, encoding) => {
    turn.spend(1);
    return push(chunk, encoding);
  };
}

/** At most; its body comes after it. */
function bytesOf(request: IncomingMessage): number {
  const { headers, rawHeaders, url = '' } = request;
  const head = rawHeaders.reduce((sum, text) => sum + text.length, url.length);
  const body = isChunked(request) ? Infinity : Number(headers['content-length'] ?? 0);
  const waiting = body === Infinity ? READ_BYTES * BYTES_A_CHUNKED_BYTE : Math.min(body, READ_BYTES);
  return REQUEST_BYTES + head + (rawHeaders.length / 2) * BYTES_A_HEADER + waiting;
}

function inTurn(line: Line, begin: () => void): void {
  turn.spend(UNITS_TO_ANSWER);
  if (++line.begun < BEGUN_A_TURN && !turn.isSpent) return begin();
  setImmediate(() => {
    line.begun = 0;
    begin();
  });
}
