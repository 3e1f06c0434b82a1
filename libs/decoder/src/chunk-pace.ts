import type { Socket } from 'node:net';

/** Some milliseconds of work, however little is in them. Bodies of 25 MB that come as Node reads them have 400. */
const CHUNKS_A_TURN = 1024;

const resting: (() => void)[] = [];

/**
 * Has connections rest whose chunks are tiny. Node reads up to 2 MB of a connection in one go, which of one-byte chunks is half a
 * second; so after one read (64 KB) nothing more is read of it until its turn, and one of them has its turn in each of the event loop's.
 */
export class ChunkPace {
  #chunks = 0;

  /** Told of each chunk of a body. @param socket none where there is no real one */
  came(socket: Socket | undefined): void {
    if (++this.#chunks !== CHUNKS_A_TURN || socket === undefined) return;
    const stay = () => socket.pause();
    stay();
    // The request's own stream asks for more as long as it flows.
    socket.on('resume', stay);
    const goOn = () => {
      socket.off('resume', stay);
      this.#chunks = 0;
      socket.resume();
    };
    if (resting.push(goOn) === 1) setImmediate(giveTurn);
  }
}

function giveTurn(): void {
  resting.shift()?.();
  if (resting.length > 0) setImmediate(giveTurn);
}
