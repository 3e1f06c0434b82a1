/** Work on more bytes than this is heavy: a few requests at once with as much would hold the event loop for milliseconds. */
const HEAVY_BYTES = 128 * 1024;

const waiting: (() => void)[] = [];

/**
 * Before work on so many bytes: waits, when that is heavy, until no other heavy piece of work is done in this turn of the event
 * loop. Large bodies are worked on in pieces (inflate and scan, cut, encode a message), each after a turn of its own: whatever
 * else has arrived is served between two of them, and a flood of recordings delays everybody else by one piece, not by all of them.
 *
 * @returns undefined for what is not heavy, nearly everything: no promise, nothing to wait for
 */
export function turnFor(bytes: number): Promise<void> | undefined {
  if (bytes <= HEAVY_BYTES) return undefined;
  return new Promise((resolve) => {
    // What an immediate schedules runs a whole turn later, when sockets have been read and answered.
    if (waiting.push(resolve) === 1) setImmediate(giveTurn);
  });
}

/** So many bytes of events are worked on in one turn. */
const TURN_BYTES = 1 << 20;
/** What an event costs beside its bytes, in bytes: ten thousand small ones are no small request. */
const EVENT_BYTES = 4096;

/** For a loop over the events of a request: says when the turn is over. */
export class Pace {
  private bytes = 0;

  /** To be asked before each event, and waited for. @param bytes of that event */
  before(bytes: number): Promise<void> | undefined {
    this.bytes += EVENT_BYTES + bytes;
    if (this.bytes <= TURN_BYTES) return undefined;
    this.bytes = EVENT_BYTES + bytes;
    return turnFor(TURN_BYTES);
  }
}

function giveTurn(): void {
  waiting.shift()?.();
  if (waiting.length > 0) setImmediate(giveTurn);
}
