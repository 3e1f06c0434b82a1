import { turn } from './turn.js';

const TINY_BYTES = 1024;
/** Honest bodies have no more of them. */
const FREE = 16;

/** Counts a body's tiny chunks as what they cost of a turn, whatever becomes of them: each a call from node:http, and some 400 bytes. */
export class TinyChunks {
  #seen = 0;

  came(bytes: number): void {
    if (bytes < TINY_BYTES && ++this.#seen > FREE) turn.spend(1);
  }
}
