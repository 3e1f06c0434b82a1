import type { Steps } from '@app/event';
import type { Turn } from './scan/scan-payload.js';

/** A loop over so many bytes holds the event loop for some 5 ms at worst. */
const PIECE_BYTES = 2 << 20;

/** Does work on `length` bytes piece by piece, each in a turn of its own; what fits into one is done at once. */
export function* inPieces(length: number, turn: Turn, work: (from: number, to: number) => void): Steps<void> {
  for (let from = 0; from < length; from += PIECE_BYTES) {
    if (from > 0) yield turn();
    work(from, Math.min(from + PIECE_BYTES, length));
  }
}
