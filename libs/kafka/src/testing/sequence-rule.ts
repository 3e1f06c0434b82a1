import type { SentBatch } from './read-produce-request.js';

/** A sequence that a request carried. */
export interface Given {
  readonly batch: SentBatch;
  /** The broker said that it looked at the records and took none. */
  isVoid: boolean;
}

/** The rule that sequence numbers, once sent, are never those of other records. */
export class SequenceRule {
  readonly #given = new Map<string, Given[]>();

  constructor(private readonly broken: (violation: string) => void) {}

  note(batch: SentBatch): Given {
    const key = `${batch.topic}/${batch.partition}/${batch.producerId}`;
    let earlier = this.#given.get(key);
    if (earlier === undefined) this.#given.set(key, (earlier = []));
    const first = batch.sequence;
    const last = first + batch.values.length - 1;
    for (let i = earlier.length - 1; i >= 0; i--) {
      const { batch: other, isVoid } = earlier[i];
      const otherLast = other.sequence + other.values.length - 1;
      if (isVoid || other.sequence > last || first > otherLast) continue;
      if (other.sequence !== first || other.values.join() !== batch.values.join())
        this.broken(`sequence ${first} of producer ${batch.producerId} was ${other.values.join()} and is now ${batch.values.join()}`);
    }
    const given = { batch, isVoid: false };
    earlier.push(given);
    return given;
  }
}
