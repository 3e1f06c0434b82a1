import type { PartitionBatch } from '../engine/producer-engine.js';
import type { TimeBounds } from '../engine/time-bounds.js';
import { BATCH_HEADER, RECORD_OVERHEAD } from '../records/record-batch.js';
import type { Entry } from './delivery.js';

export class OutgoingBatch implements PartitionBatch {
  /** Where it goes next: another broker after a change of leaders. */
  leader = -1;
  bounds: TimeBounds | undefined;
  /** How often it was refused for its time. */
  badTimes = 0;
  #refusedFor = '';
  #refusals = 0;

  constructor(
    readonly topic: string,
    readonly partition: number,
    readonly records: readonly Entry[],
    readonly timestamp: number,
  ) {}

  /** It comes from the store. */
  get isRedelivery(): boolean {
    return this.records[0].isRedelivery;
  }

  /** @returns how often in a row it was refused with this error */
  refusedAgain(error: string): number {
    this.#refusals = error === this.#refusedFor ? this.#refusals + 1 : 1;
    this.#refusedFor = error;
    return this.#refusals;
  }

  /** A bound of its bytes on the wire, uncompressed. */
  get bytes(): number {
    return this.records.reduce((sum, { size }) => sum + size + RECORD_OVERHEAD, BATCH_HEADER);
  }
}

/**
 * The messages on their way to one partition, oldest first: a batch in flight, batches to be sent again, messages
 * not in a batch yet. Only the first of them is ever on the wire, which is what keeps the order.
 */
export class PartitionQueue {
  inFlight: OutgoingBatch | undefined;
  /** Failed attempts in a row. */
  attempts = 0;
  /** Not to be sent before, monotonic milliseconds. */
  retryAt = 0;
  /** The node that the last attempt went to. */
  lastLeader = -1;
  /** What the last attempt failed with. */
  lastError = 'DELIVERY_DEADLINE';
  /** Messages wait for what the store sends before them. */
  isGated = false;
  #again: OutgoingBatch[] = [];
  #waiting: Entry[] = [];
  #waitingBytes = BATCH_HEADER;

  constructor(
    readonly topic: string,
    readonly partition: number,
    private readonly maxBatchBytes: number,
  ) {}

  get isEmpty(): boolean {
    return this.inFlight === undefined && this.#again.length === 0 && this.#waiting.length === 0;
  }

  /** A whole batch is waiting: no reason to linger. */
  get isFull(): boolean {
    return this.#waitingBytes >= this.maxBatchBytes;
  }

  get hasWaiting(): boolean {
    return this.#waiting.length > 0;
  }

  /** Messages from the store are on their way. */
  get hasStored(): boolean {
    return this.inFlight?.isRedelivery === true || this.#again.some(({ isRedelivery }) => isRedelivery);
  }

  push(entry: Entry): void {
    this.#waiting.push(entry);
    this.#waitingBytes += entry.size + RECORD_OVERHEAD;
  }

  isReady(now: number, lingerMs: number): boolean {
    if (this.inFlight !== undefined || now < this.retryAt) return false;
    if (this.#again.length > 0) return true;
    if (this.isGated) return false;
    if (this.isFull) return true;
    const oldest = this.#waiting[0];
    return oldest !== undefined && oldest.delivery.since + lingerMs <= now;
  }

  /** Takes the next batch into flight. Only when `isReady`. */
  take(timestamp: number): OutgoingBatch {
    const batch = this.#again.shift() ?? new OutgoingBatch(this.topic, this.partition, this.#cut(), timestamp);
    for (const entry of batch.records) entry.inFlight = true;
    this.inFlight = batch;
    return batch;
  }

  /** The request has ended: nothing is in flight any more. */
  land(batch: OutgoingBatch): void {
    for (const entry of batch.records) entry.inFlight = false;
    this.inFlight = undefined;
  }

  /** Puts a batch back in its place. The same object if it is whole: the engine knows it again by that. */
  sendAgain(batch: OutgoingBatch): void {
    const open = batch.records.filter(({ done }) => !done);
    if (open.length === batch.records.length) this.#again.unshift(batch);
    else if (open.length > 0) this.#again.unshift(new OutgoingBatch(this.topic, this.partition, open, batch.timestamp));
  }

  /** Messages from the store: before what waits, in batches of their own, which are only ever resent whole or halved. */
  pushStored(entries: readonly Entry[], timestamp: number): void {
    let rest = entries;
    while (rest.length > 0) {
      const count = fitting(rest, this.maxBatchBytes);
      this.#again.push(new OutgoingBatch(this.topic, this.partition, rest.slice(0, count), timestamp));
      rest = rest.slice(count);
    }
  }

  /** Puts the halves of a batch that is too large in its place. */
  sendHalves({ records, timestamp }: OutgoingBatch): void {
    const open = records.filter(({ done }) => !done);
    const middle = Math.ceil(open.length / 2);
    const halves = [open.slice(0, middle), open.slice(middle)].filter(({ length }) => length > 0);
    this.#again.unshift(...halves.map((half) => new OutgoingBatch(this.topic, this.partition, half, timestamp)));
  }

  /** Messages past their deadline, oldest first; they leave the queue. */
  expire(now: number): Entry[] {
    return this.#leave(({ delivery }) => delivery.deadline <= now);
  }

  /** All messages but those from the store, oldest first; they leave the queue. */
  empty(): Entry[] {
    return this.#leave(({ isRedelivery }) => !isRedelivery);
  }

  /** The messages from the store; they leave the queue. */
  emptyStored(): Entry[] {
    return this.#leave(({ isRedelivery }) => isRedelivery);
  }

  /** Deadlines ascend along what waits, so those that leave are always its beginning. */
  #leave(leaves: (entry: Entry) => boolean): Entry[] {
    const left: Entry[] = this.inFlight?.records.filter((entry) => !entry.done && leaves(entry)) ?? [];
    const again = this.#again;
    this.#again = [];
    for (const batch of again) {
      const stay = batch.records.filter((entry) => !leaves(entry));
      if (stay.length === batch.records.length) this.#again.push(batch);
      else {
        left.push(...batch.records.filter(leaves));
        if (stay.length > 0) this.#again.push(new OutgoingBatch(this.topic, this.partition, stay, batch.timestamp));
      }
    }
    const staying = this.#waiting.findIndex((entry) => !leaves(entry));
    const leaving = this.#waiting.splice(0, staying === -1 ? this.#waiting.length : staying);
    for (const entry of leaving) {
      this.#waitingBytes -= entry.size + RECORD_OVERHEAD;
      left.push(entry);
    }
    return left;
  }

  /** As many waiting messages as fit one batch, one at least. */
  #cut(): readonly Entry[] {
    const count = fitting(this.#waiting, this.maxBatchBytes);
    if (count === this.#waiting.length) {
      const all = this.#waiting;
      this.#waiting = [];
      this.#waitingBytes = BATCH_HEADER;
      return all;
    }
    const cut = this.#waiting.splice(0, count);
    for (const { size } of cut) this.#waitingBytes -= size + RECORD_OVERHEAD;
    return cut;
  }
}

/** How many of them fit one batch, one at least. */
function fitting(entries: readonly Entry[], maxBatchBytes: number): number {
  let bytes = BATCH_HEADER;
  let count = 0;
  for (const { size } of entries) {
    bytes += size + RECORD_OVERHEAD;
    if (bytes > maxBatchBytes && count > 0) break;
    count++;
  }
  return count;
}
