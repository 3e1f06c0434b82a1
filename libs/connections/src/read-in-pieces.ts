import type { Socket } from 'node:net';
import { stopReading, unreadChunks } from './http-socket.js';
import { turn } from './turn.js';

/** Of one-byte chunks 700, which are 3 ms; Node reads 64 KB in one go. */
const PIECE_BYTES = 4096;
/** What reading costs whatever it is: a whole piece of the shortest headers 0.2 ms. */
const unitsOf = (bytes: number): number => 4 + Math.min(bytes, PIECE_BYTES) / 64;
/** A piece that costs more is of tiny chunks, or of the shortest requests. */
const UNITS_OF_DEAR = 256;
/** What has been read and waits, of all connections: each has at most twice what Node reads in one go. */
export const MOST_READ_AHEAD_BYTES = 32 * 2 ** 20;
/** A round of so many takes some seconds at most: less than anybody's patience. */
const MOST_DEAR = 256;

interface Waiting {
  readonly bytes: number;
  readonly readOn: () => void;
}

/** What fits into one piece, as nearly all requests do: the first come first. */
const small: Waiting[] = [];
/** What is not known to be dear: the last come first, since a flood brings more than anybody gets through. */
const large: Waiting[] = [];
const dear: Waiting[] = [];
/** How many of each go on in a turn, which ends before that once it is spent. */
const SMALL_A_TURN = 128;
const LARGE_A_TURN = 8;
const DEAR_A_TURN = 1;
const DEAR_ALONE_A_TURN = 3;
let held = 0;

/**
 * From now on node:http gets what is read of a connection in small pieces, and none once the turn of the event loop is spent. A flood
 * of what is dear holds up itself, and not who is new.
 *
 * @param refuse for a connection for whose bytes there is no room
 */
export function readInPieces(socket: Socket, refuse: () => void): void {
  if (socket.destroyed) return;
  // Node does not read on of a connection that it is taken from while it is paused.
  if (socket.isPaused()) return void socket.once('resume', () => readInPieces(socket, refuse));
  const parsers = socket.listeners('data') as ((bytes: Buffer) => void)[];
  for (const parse of parsers) socket.off('data', parse);
  let isDear = false;

  const wait = (rest: Buffer): void => {
    const bytes = socket.readableLength + rest.length;
    if (held + bytes > MOST_READ_AHEAD_BYTES || (isDear && dear.length >= MOST_DEAR)) return refuse();
    const readOn = stopReading(socket);
    socket.unshift(rest);
    held += bytes;
    const queue = isDear ? dear : bytes <= PIECE_BYTES ? small : large;
    queue.push({ bytes, readOn });
    turn.watch();
  };
  socket.on('data', (bytes: Buffer) => {
    if (turn.isSpent) return wait(bytes);
    const before = turn.units;
    turn.spend(unitsOf(bytes.length));
    for (const parse of parsers) parse.call(socket, bytes.subarray(0, PIECE_BYTES));
    if (socket.destroyed) return;
    // Of a new request nobody has the body yet, to count what it costs.
    turn.spend(unreadChunks(socket));
    isDear = turn.units - before > UNITS_OF_DEAR;
    if (bytes.length <= PIECE_BYTES) return;
    const rest = bytes.subarray(PIECE_BYTES);
    if (isDear || turn.isSpent) return wait(rest);
    const readOn = stopReading(socket);
    socket.unshift(rest);
    readOn();
  });
}

turn.whenOver(() => {
  const others = small.length + large.length;
  const next = [
    ...dear.splice(0, others > 0 ? DEAR_A_TURN : DEAR_ALONE_A_TURN),
    ...small.splice(0, SMALL_A_TURN),
    ...large.splice(-LARGE_A_TURN).toReversed(),
  ];
  for (const { bytes, readOn } of next) {
    held -= bytes;
    readOn();
  }
  return small.length + large.length + dear.length > 0;
});
