import type { IncomingMessage } from 'node:http';
import { Socket } from 'node:net';
import { pauseReading } from './pause-reading.js';

/** Some milliseconds of work, however little is in them. Bodies of 25 MB that come as Node reads them have 400. */
const CHUNKS_A_TURN = 1024;

const resting: (() => void)[] = [];

/**
 * Has connections rest whose chunks are tiny. Node reads up to 2 MB of a connection in one go, which of one-byte chunks is half a
 * second; so after one read (64 KB) nothing more is read of it until its turn, and one of them has its turn in each of the event loop's.
 */
export class ChunkPace {
  #chunks = 0;

  /** Told of each chunk of a body. */
  came(stream: IncomingMessage): void {
    // Where there is no real connection nothing is read.
    if (++this.#chunks !== CHUNKS_A_TURN || !(stream.socket instanceof Socket)) return;
    const readOn = pauseReading(stream);
    const goOn = () => {
      this.#chunks = 0;
      readOn();
    };
    if (resting.push(goOn) === 1) setImmediate(giveTurn);
  }
}

function giveTurn(): void {
  resting.shift()?.();
  // A turn for each read, and one for everybody else: in a turn of its own a new connection gets its place, and its answer.
  if (resting.length > 0) setImmediate(() => setImmediate(giveTurn));
}
