import type { SpooledMessage } from './spooled-message.js';

type Key = SpooledMessage['message']['key'];

/** Enough to find one that is taken. */
const MOST_WITNESSES = 16;

/**
 * Messages to try a partition with that another one holds up: of each other key the first, so that no order is at stake. Any of them
 * will do, and now this one, now that one is named: the partition may refuse it too.
 */
export class Witnesses<T extends SpooledMessage> {
  /** Those that have been seen, and null for each message without one. Not the messages: they may be large. */
  readonly #keys: Key[];
  #any: T | undefined;

  /** @param refused the message that holds it up */
  constructor(refused: T) {
    this.#keys = [refused.message.key];
  }

  get areEnough(): boolean {
    return this.#keys.length > MOST_WITNESSES;
  }

  get any(): T | undefined {
    return this.#any;
  }

  /** Messages of the partition that come after the refused one, in their order. */
  see(item: T): void {
    const { key } = item.message;
    if (this.#keys.some((one) => isSame(one, key))) return;
    // Each of those that are seen is named as often as the others.
    if (Math.random() * this.#keys.length < 1) this.#any = item;
    this.#keys.push(key);
  }
}

/** Messages without a key have no order. */
function isSame(one: Key, other: Key): boolean {
  return one !== null && other !== null && Buffer.from(one).equals(Buffer.from(other));
}
