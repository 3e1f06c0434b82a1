/** Below it what Node keeps for a chunk, 300 to 400 bytes, counts beside its own. */
const SMALL_BYTES = 4096;
/** So many small ones of a body are taken as they are: honest bodies have no more. */
const TAKEN_AS_THEY_ARE = 16;
const LEAST_ROOM = 1024;
const MOST_ROOM = 64 * 1024;

/**
 * Puts a body's small chunks together before they are kept: one of a single byte takes Node some 400. Room is got as the body grows,
 * so that at no time more is held than twice what has come, and a constant.
 */
export class SmallChunks {
  #seen = 0;
  /** Of small chunks, in the order they came: what lies between `#from` and `#to` has not been passed on. */
  #room: Buffer | undefined;
  #from = 0;
  #to = 0;
  #length = 0;

  constructor(private readonly passOn: (chunk: Buffer) => void) {}

  add(chunk: Buffer): void {
    if (chunk.length >= SMALL_BYTES || ++this.#seen <= TAKEN_AS_THEY_ARE) {
      this.flush();
      this.passOn(chunk);
    } else {
      this.#put(chunk);
    }
    this.#length += chunk.length;
  }

  /** All of it is wanted now. */
  flush(): void {
    if (this.#room === undefined || this.#to === this.#from) return;
    this.passOn(this.#room.subarray(this.#from, this.#to));
    this.#from = this.#to;
  }

  /** Nothing of it is wanted. */
  clear(): void {
    this.#room = undefined;
    this.#from = this.#to = 0;
  }

  #put(chunk: Buffer): void {
    if (this.#room === undefined || this.#room.length - this.#to < chunk.length) {
      this.flush();
      this.#room = Buffer.allocUnsafeSlow(Math.max(chunk.length, Math.min(MOST_ROOM, Math.max(LEAST_ROOM, this.#length))));
      this.#from = this.#to = 0;
    }
    this.#to += chunk.copy(this.#room, this.#to);
  }
}
