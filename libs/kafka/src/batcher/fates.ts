import { RECORD_OVERHEAD } from '../records/record-batch.js';
import type { DeliveryFailure, Entry } from './delivery.js';
import type { UndeliveredStore } from './undelivered-store.js';

export interface BatcherObserver {
  queueBytes(bytes: number, limit: number): void;
  undelivered(topic: string, messages: number, stored: boolean, reason: string): void;
}

/** What becomes of every message in the batcher, and how many bytes they are meanwhile. */
export class Fates {
  #bytes = 0;
  #open = 0;

  constructor(
    private readonly limit: number,
    readonly store: UndeliveredStore,
    private readonly observer: BatcherObserver,
  ) {}

  /** Bytes of messages that are queued or on the wire. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Messages that are queued or on the wire. */
  get open(): number {
    return this.#open;
  }

  hasRoom(entries: readonly Entry[]): boolean {
    return entries.reduce((sum, { size }) => sum + size + RECORD_OVERHEAD, this.#bytes) <= this.limit;
  }

  admit(entry: Entry): void {
    this.#bytes += entry.size + RECORD_OVERHEAD;
    this.#open++;
  }

  finish(entry: Entry, fate: DeliveryFailure | 'delivered' | 'stored'): void {
    entry.done = true;
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
    else this.#settle(topic, entries, false, reason, ambiguous);
  }

  /** Its memory is free. Messages given up while on the wire are released when their request has ended. */
  release(entry: Entry): void {
    if (entry.released) return;
    entry.released = true;
    this.#bytes -= entry.size + RECORD_OVERHEAD;
    this.#open--;
  }

  observe(): void {
    this.observer.queueBytes(this.#bytes, this.limit);
  }

  async #handOver(
    topic: string,
    partition: number | undefined,
    entries: readonly Entry[],
    reason: string,
    ambiguous: boolean,
  ): Promise<void> {
    const messages = entries.map(({ message }) => message);
    const stored = await this.store.store(topic, partition, messages, reason);
    this.#settle(topic, entries, stored, reason, ambiguous);
  }

  #settle(topic: string, entries: readonly Entry[], stored: boolean, reason: string, ambiguous: boolean): void {
    this.observer.undelivered(topic, entries.length, stored, reason);
    for (const entry of entries) this.finish(entry, stored ? 'stored' : undelivered(entry, reason, ambiguous));
  }
}

export function undelivered({ index }: Entry, reason: string, ambiguous: boolean): DeliveryFailure {
  return { index, kind: 'undelivered', reason, ambiguous };
}
