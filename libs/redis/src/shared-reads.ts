/** A read that several processes of a gateway make alike, each time a source is refreshed. */
export interface SharedRead {
  /** Of the Redis; it may hold a password. */
  readonly url: string;
  readonly command: 'get' | 'zrangebyscore' | 'hscan';
  readonly args: readonly (string | number)[];
  /** Reads of one Redis with the same id have the same answer, whatever else is in their arguments. */
  readonly id: string;
  /** How old an answer may be, milliseconds. */
  readonly maxAgeMs: number;
}

/** How a process comes by an answer: from Redis, unless another process reads for several. */
export abstract class SharedReads {
  /** @param own reads it from Redis */
  abstract read(read: SharedRead, own: () => Promise<unknown>): Promise<unknown>;
}

export class OwnReads extends SharedReads {
  read(_read: SharedRead, own: () => Promise<unknown>): Promise<unknown> {
    return own();
  }
}
