import type { Clock } from '@app/event';
import type { PartitionOutcome } from '../engine/producer-engine.js';
import type { ProducedMessage } from '../produced-message.js';
import { contentSize } from '../records/record.js';
import { batchSize } from '../records/record-batch.js';
import { Entry, PendingDelivery, type DeliveryReport } from './delivery.js';
import { Fates, undelivered, type BatcherObserver } from './fates.js';
import type { LeaderSender } from './leader-sender.js';
import type { OutgoingBatch, PartitionQueue } from './partition-queue.js';
import { TopicQueues } from './topic-queues.js';
import type { TopicView } from './topic-view.js';
import type { UndeliveredStore } from './undelivered-store.js';

export interface BatcherOptions {
  readonly lingerMs: number;
  /** Of a message, and of a record batch before compression. */
  readonly maxBytes: number;
  /** The same by topic, where topics differ. */
  readonly maxBytesOf?: (topic: string) => number;
  readonly deadlineMs: number;
  /** Bytes of messages that may be in here at a time. */
  readonly queueBytes: number;
}

const FIRST_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 1000;
const SWEEP_MS = 50;

/**
 * The way into Kafka for every message, from requests and from product teams alike.
 *
 * It owns each partition: one batch at a time is on the wire, what arrives meanwhile is the next one. That is what
 * keeps the order of a key, whatever fails: a refused batch is sent again *in its place*. Batches of several
 * partitions with one leader share a request. Duplicates are possible (an answer was lost); reordering is not.
 */
export class Batcher {
  readonly #topics = new Map<string, TopicQueues>();
  /** Queues that hold anything. */
  readonly #active = new Set<PartitionQueue>();
  readonly #fates: Fates;
  #linger: NodeJS.Timeout | undefined;
  #sweep: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(
    private readonly options: BatcherOptions,
    private readonly clock: Clock,
    private readonly view: TopicView,
    private readonly sender: LeaderSender,
    store: UndeliveredStore,
    observer: BatcherObserver,
  ) {
    this.#fates = new Fates(options.queueBytes, store, observer);
    view.onUpdate(() => this.#topicsChanged());
  }

  /** Bytes of messages in here. */
  get queuedBytes(): number {
    return this.#fates.bytes;
  }

  /**
   * Resolves when the fate of every message is known, at the latest a little after the delivery deadline. Never
   * rejects: what could not be delivered is in the report. Messages of one call keep their order within a partition.
   */
  deliver(messages: readonly ProducedMessage[]): Promise<DeliveryReport> {
    const { promise, resolve } = Promise.withResolvers<DeliveryReport>();
    const now = this.clock.monotonic();
    const delivery = new PendingDelivery(messages.length, now, now + this.options.deadlineMs, resolve);
    const entries = messages.map((message, index) => new Entry(message, contentSize(message), index, delivery));
    if (messages.length === 0) resolve({ delivered: 0, stored: 0, failures: [] });
    else if (this.#closing) for (const entry of entries) delivery.failed(undelivered(entry, 'CLOSING', false));
    else if (!this.#fates.hasRoom(entries)) for (const entry of entries) delivery.failed(undelivered(entry, 'QUEUE_FULL', false));
    else this.#accept(entries);
    return promise;
  }

  /** Sends what is in here without lingering; resolves when it has left, or after `limitMs`. */
  async flush(limitMs: number): Promise<void> {
    const until = this.clock.monotonic() + limitMs;
    while (this.#fates.open > 0 && this.clock.monotonic() < until) {
      this.#sendReady(0);
      await new Promise((done) => setTimeout(done, 5));
    }
  }

  /** Takes no more, and flushes; what is left after `limitMs` goes to the store or is reported. */
  async close(limitMs: number): Promise<void> {
    this.#closing = true;
    await this.flush(limitMs);
    clearTimeout(this.#linger);
    clearTimeout(this.#sweep);
    for (const queue of this.#active) this.#fates.giveUp(queue.topic, queue.partition, queue.empty(), 'CLOSING');
    for (const topic of this.#topics.values()) this.#fates.giveUp(topic.topic, undefined, topic.unplaced.splice(0), 'CLOSING');
  }

  #maxBytesOf(topic: string): number {
    return this.options.maxBytesOf?.(topic) ?? this.options.maxBytes;
  }

  #accept(entries: readonly Entry[]): void {
    let full = false;
    for (const entry of entries) {
      const bytes = batchSize(entry.size, 1);
      const maxBytes = this.#maxBytesOf(entry.message.topic);
      if (bytes > maxBytes) {
        entry.delivery.failed({ index: entry.index, kind: 'too_large', bytes, limit: maxBytes });
        continue;
      }
      this.#fates.admit(entry);
      full = this.#enqueue(entry) || full;
    }
    this.#fates.observe();
    this.#sweep ??= setTimeout(() => this.#sweepExpired(), SWEEP_MS);
    if (full) this.#sendReady(this.options.lingerMs);
    if (this.#active.size > 0) this.#arm();
  }

  /** Returns true when its partition has a whole batch waiting. */
  #enqueue(entry: Entry): boolean {
    const { message } = entry;
    let topic = this.#topics.get(message.topic);
    if (topic === undefined) {
      topic = new TopicQueues(message.topic, this.#maxBytesOf(message.topic));
      this.#topics.set(message.topic, topic);
      this.view.watch(message.topic);
    }
    const leaders = this.view.leaders(message.topic);
    // Behind those that came first, until all of them are placed.
    if (leaders === undefined || topic.unplaced.length > 0) {
      if (this.#fates.store.enabled && this.#fates.store.holds(message.topic, undefined))
        this.#fates.giveUp(message.topic, undefined, [entry], 'STORE_FIRST');
      else topic.unplaced.push(entry);
      return false;
    }
    return this.#place(entry, topic, leaders);
  }

  #place(entry: Entry, topic: TopicQueues, leaders: readonly number[]): boolean {
    const partition = topic.place(entry.message, leaders);
    if (partition === undefined) {
      this.#fates.finish(entry, undelivered(entry, 'UNKNOWN_TOPIC_OR_PARTITION', false));
      return false;
    }
    if (this.#fates.store.enabled && this.#fates.store.holds(topic.topic, partition)) {
      this.#fates.giveUp(topic.topic, partition, [entry], 'STORE_FIRST');
      return false;
    }
    const queue = topic.queue(partition);
    queue.push(entry);
    this.#active.add(queue);
    return queue.isFull;
  }

  /** Sends every batch that is ready, those of one leader together. */
  #sendReady(lingerMs: number): void {
    const now = this.clock.monotonic();
    const byLeader = new Map<number, OutgoingBatch[]>();
    for (const queue of this.#active) {
      if (!queue.isReady(now, lingerMs)) continue;
      const leader = this.view.leaders(queue.topic)?.[queue.partition] ?? -1;
      if (leader < 0) {
        this.#backOff(queue, 'LEADER_NOT_AVAILABLE');
        continue;
      }
      const batch = queue.take(this.clock.now());
      batch.leader = leader;
      queue.lastLeader = leader;
      this.#topics.get(queue.topic)?.taken(queue.partition);
      const batches = byLeader.get(leader);
      if (batches === undefined) byLeader.set(leader, [batch]);
      else batches.push(batch);
    }
    for (const batches of byLeader.values()) this.sender.send(batches, (part, outcomes) => this.#ended(part, outcomes));
  }

  #ended(batches: readonly OutgoingBatch[], outcomes: readonly PartitionOutcome[]): void {
    batches.forEach((batch, i) => this.#settle(batch, outcomes[i]));
    this.#fates.observe();
    this.#sendReady(this.options.lingerMs);
    if (this.#active.size > 0) this.#arm();
  }

  #settle(batch: OutgoingBatch, outcome: PartitionOutcome): void {
    const queue = this.#topics.get(batch.topic)!.queue(batch.partition);
    queue.land(batch);
    // Given up while it was in flight: only now is its memory free.
    for (const entry of batch.records) if (entry.done) this.#fates.release(entry);
    const open = batch.records.filter(({ done }) => !done);
    if (outcome.ok) {
      queue.attempts = 0;
      for (const entry of open) this.#fates.finish(entry, 'delivered');
    } else if (outcome.kind === 'too_large' && batch.records.length > 1) {
      queue.sendHalves(batch);
    } else if (outcome.kind === 'too_large') {
      for (const entry of open) this.#fates.finish(entry, { index: entry.index, kind: 'too_large', bytes: batch.bytes, limit: undefined });
    } else if (outcome.kind === 'fatal') {
      this.#giveUpFrom(queue, open, outcome.error, outcome.ambiguous);
    } else {
      queue.sendAgain(batch);
      this.#backOff(queue, outcome.error);
      this.view.refresh();
    }
    if (queue.isEmpty) this.#active.delete(queue);
  }

  #backOff(queue: PartitionQueue, error: string): void {
    const delay = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** queue.attempts) * (0.8 + Math.random() * 0.4);
    queue.attempts++;
    queue.lastError = error;
    queue.retryAt = this.clock.monotonic() + delay;
    if (error === 'LEADER_NOT_AVAILABLE') this.view.refresh();
    setTimeout(() => this.#sendReady(this.options.lingerMs), delay + 1).unref();
  }

  /** New leaders may help at once those that wait to be sent again. */
  #topicsChanged(): void {
    for (const topic of this.#topics.values()) {
      const leaders = this.view.leaders(topic.topic);
      if (leaders === undefined || topic.unplaced.length === 0) continue;
      for (const entry of topic.unplaced.splice(0)) this.#place(entry, topic, leaders);
    }
    for (const queue of this.#active) {
      const leader = this.view.leaders(queue.topic)?.[queue.partition] ?? -1;
      if (queue.attempts > 0 && leader >= 0 && leader !== queue.lastLeader) queue.retryAt = 0;
    }
    this.#sendReady(this.options.lingerMs);
    if (this.#active.size > 0) this.#arm();
  }

  #sweepExpired(): void {
    this.#sweep = undefined;
    const now = this.clock.monotonic();
    for (const queue of this.#active) {
      const expired = queue.expire(now);
      if (expired.length > 0) this.#giveUpFrom(queue, expired, queue.lastError, queue.inFlight !== undefined);
      if (queue.isEmpty) this.#active.delete(queue);
    }
    for (const { topic, unplaced } of this.#topics.values()) {
      const staying = unplaced.findIndex(({ delivery }) => delivery.deadline > now);
      this.#fates.giveUp(topic, undefined, unplaced.splice(0, staying === -1 ? unplaced.length : staying), this.view.problem(topic));
    }
    if (this.#fates.open > 0) this.#sweep = setTimeout(() => this.#sweepExpired(), SWEEP_MS);
  }

  /** What waits behind a message that goes to the store must follow it there, or it would overtake. */
  #giveUpFrom(queue: PartitionQueue, first: readonly Entry[], reason: string, ambiguous: boolean): void {
    for (const entry of first) entry.done = true;
    const entries = this.#fates.store.enabled ? [...first, ...queue.empty()] : first;
    this.#fates.giveUp(queue.topic, queue.partition, entries, reason, ambiguous);
  }

  #arm(): void {
    this.#linger ??= setTimeout(() => {
      this.#linger = undefined;
      this.#sendReady(0);
    }, this.options.lingerMs);
  }
}
