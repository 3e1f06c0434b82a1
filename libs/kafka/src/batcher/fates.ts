import type { SharedTally } from '@app/event';
import { RECORD_OVERHEAD } from '../records/record-batch.js';
import type { DeliveryFailure, Entry } from './delivery.js';
import { ALL_STORED, type StoreRefusals, type UndeliveredStore } from './undelivered-store.js';

export interface BatcherObserver {
  queueBytes(bytes: number, limit: number): void;
  undelivered(topic: string, messages: number, stored: boolean, reason: string): void;
  /** A broker refused a batch for its time, which is this far ahead of what it takes (before it: less than 0), if it said so. */
  badTime(topic: string, messages: number, aheadMs: number | undefined): void;
  /** A broker stopped or began to answer. */
  circuit(leader: number, isOpen: boolean, error: string): void;
}

/** What becomes of every message in the batcher, and how many bytes they are meanwhile. */
export class Fates {
  #bytes = 0;
  #open = 0;
  #untold = 0;
  /** The store could not take something the last time it was asked. */
  isStoreFull = false;

  constructor(
    private readonly limit: number,
    readonly store: UndeliveredStore,
    private readonly observer: BatcherObserver,
    /** What another process holds of the same limit. */
    private readonly tally?: SharedTally,
  ) {}

  /** Bytes of messages that are queued or on the wire. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Messages that are queued or on the wire. */
  get open(): number {
    return this.#open;
  }

  /** Messages whose senders still wait; those from the store not among them. */
  get untold(): number {
    return this.#untold;
  }

  /** `fillOf`: under pressure some topics have to stay out sooner. */
  hasRoom(entries: readonly Entry[], fillOf?: (topic: string) => number): boolean {
    const bytes = entries.reduce((sum, { size }) => sum + size + RECORD_OVERHEAD, this.#bytes + (this.tally?.others ?? 0));
    if (bytes > this.limit) return false;
    return fillOf === undefined || bytes <= this.limit * 0.5 || entries.every(({ message }) => bytes <= this.limit * fillOf(message.topic));
  }

  admit(entry: Entry): void {
    this.#add(entry.size + RECORD_OVERHEAD);
    this.#open++;
    if (!entry.isRedelivery) this.#untold++;
  }

  finish(entry: Entry, fate: DeliveryFailure | 'delivered' | 'stored'): void {
    entry.done = true;
    if (!entry.isRedelivery) this.#untold--;
    if (!entry.inFlight) this.release(entry);
    if (fate === 'delivered') entry.delivery.delivered();
    else if (fate === 'stored') entry.delivery.stored(entry.index);
    else entry.delivery.failed(fate);
  }

  /** Hands messages to the store, oldest first, or reports them. `ambiguous`: they may have been written all the same. */
  giveUp(topic: string, partition: number | undefined, entries: readonly Entry[], reason: string, ambiguous = false): void {
    if (entries.length === 0) return;
    for (const entry of entries) entry.done = true;
    if (this.store.enabled) void this.#handOver(topic, partition, entries, reason, ambiguous);
    else this.#settle(topic, entries, undefined, reason, ambiguous);
  }

  /** Its memory is free. Messages given up while on the wire are released when their request has ended. */
  release(entry: Entry): void {
    if (entry.released) return;
    entry.released = true;
    this.#add(-entry.size - RECORD_OVERHEAD);
    this.#open--;
  }

  observe(): void {
    this.observer.queueBytes(this.#bytes, this.limit);
  }

  #add(bytes: number): void {
    this.#bytes += bytes;
    this.tally?.tell(this.#bytes);
  }

  async #handOver(
    topic: string,
    partition: number | undefined,
    entries: readonly Entry[],
    reason: string,
    ambiguous: boolean,
  ): Promise<void> {
    const messages = entries.map(({ message }) => message);
    const refusals = await this.store.store(topic, partition, messages, reason);
    this.isStoreFull = refusals.size > 0;
    this.#settle(topic, entries, refusals, reason, ambiguous);
  }

  /** @param refusals what the store did not take; undefined without a store */
  #settle(topic: string, entries: readonly Entry[], refusals: StoreRefusals | undefined, reason: string, ambiguous: boolean): void {
    const refused = refusals === undefined ? entries.length : refusals.size;
    if (refused < entries.length) this.observer.undelivered(topic, entries.length - refused, true, reason);
    if (refused > 0) this.observer.undelivered(topic, refused, false, [...(refusals ?? ALL_STORED).values()][0] ?? reason);
    for (const [position, entry] of entries.entries()) {
      const why = refusals === undefined ? reason : refusals.get(position);
      this.finish(entry, why === undefined ? 'stored' : undelivered(entry, why, ambiguous));
    }
  }
}

export function undelivered({ index }: Entry, reason: string, ambiguous: boolean, final = false): DeliveryFailure {
  return { index, kind: 'undelivered', reason, ambiguous, final };
}
