import type { Clock, SharedTally } from '@app/event';
import type { PartitionOutcome } from '../engine/producer-engine.js';
import type { ProducedMessage } from '../produced-message.js';
import { contentSize } from '../records/record.js';
import { batchSize } from '../records/record-batch.js';
import { Circuits, type CircuitState } from './circuits.js';
import { Entry, PendingDelivery, type DeliveryFailure, type DeliveryReport } from './delivery.js';
import { Fates, undelivered, type BatcherObserver } from './fates.js';
import type { LeaderSender } from './leader-sender.js';
import type { OutgoingBatch, PartitionQueue } from './partition-queue.js';
import { TopicQueues } from './topic-queues.js';
import type { TopicView } from './topic-view.js';
import { STORE_FIRST, type Hold, type UndeliveredStore } from './undelivered-store.js';
import { RecordTimes } from './record-times.js';
import { WayBack, type Acceptance } from './way-back.js';

export interface BatcherOptions {
  readonly lingerMs: number;
  /** Of a message, and of a record batch before compression. */
  readonly maxBytes: number;
  /** The same by topic, where topics differ. */
  readonly maxBytesOf?: (topic: string) => number;
  readonly deadlineMs: number;
  /** Bytes of messages that may be in here at a time. */
  readonly queueBytes: number;
  /** What another process holds of `queueBytes`. */
  readonly queueTally?: SharedTally;
  /** Part of `queueBytes` up to which messages of a topic are taken; all of it if not given. */
  readonly fillOf?: (topic: string) => number;
}

const FIRST_BACKOFF_MS = 50;
const MAX_BACKOFF_MS = 1000;
const SWEEP_MS = 50;
/** So many refusals in a row, a third of a second, mean that a partition is not just changing its leader. */
const ATTEMPTS_TO_OPEN = 3;
/** So often a message is refused, alone, before it is given back as one that may be at fault itself; and a batch before it is halved to find it. */
const REFUSALS_TO_SUSPECT = 10;
/** What opens a circuit, in the log. */
const TOO_LATE = 'no answer within KAFKA_DELIVERY_DEADLINE_MS';
const SILENT = 'it answers nothing at all, on any connection';
/** Refusals for the time that are answered with another time at once. */
const BAD_TIMES = 3;

/**
 * The way into Kafka for every message, from requests and from product teams alike.
 *
 * It owns each partition: one batch at a time is on the wire, what arrives meanwhile is the next one. That is what
 * keeps the order of a key, whatever fails: a refused batch is sent again *in its place*. Batches of several
 * partitions with one leader share a request. Duplicates are possible (an answer was lost); reordering is not.
 */
export class Batcher extends WayBack {
  readonly #topics = new Map<string, TopicQueues>();
  /** Queues that hold anything. */
  readonly #active = new Set<PartitionQueue>();
  readonly #fates: Fates;
  readonly #circuits: Circuits;
  readonly #times: RecordTimes;
  #linger: NodeJS.Timeout | undefined;
  #sweep: NodeJS.Timeout | undefined;
  #closing = false;

  constructor(
    private readonly options: BatcherOptions,
    private readonly clock: Clock,
    private readonly view: TopicView,
    private readonly sender: LeaderSender,
    store: UndeliveredStore,
    private readonly observer: BatcherObserver,
  ) {
    super();
    this.#times = new RecordTimes(clock);
    this.#fates = new Fates(options.queueBytes, store, observer, options.queueTally);
    this.#circuits = new Circuits((leader, isOpen, error) => observer.circuit(leader, isOpen, error));
    view.onUpdate(() => this.#topicsChanged());
    sender.onSilent((leader) => this.#leaderSilent(leader));
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
    else if (!this.#fates.hasRoom(entries, this.options.fillOf))
      for (const entry of entries) delivery.failed(undelivered(entry, 'QUEUE_FULL', false));
    else this.#accept(entries);
    return promise;
  }

  partitions(topic: string): number | undefined {
    this.#topic(topic);
    return this.view.leaders(topic)?.length;
  }

  accepts(topic: string, partition: number): Acceptance {
    const leader = this.#leaderOf(topic, partition);
    if (leader < 0 || this.#closing) return 'no';
    const queue = this.#topic(topic).queue(partition);
    if (!this.#isShut(queue, leader)) return 'yes';
    if (!queue.isEmpty || this.clock.monotonic() < queue.retryAt || this.#isProbed(leader)) return 'no';
    return this.#circuits.takeProbe(leader, this.clock.monotonic()) ? 'probe' : 'no';
  }

  redeliver(topic: string, partition: number, messages: readonly ProducedMessage[]): Promise<DeliveryReport> {
    const { promise, resolve } = Promise.withResolvers<DeliveryReport>();
    const delivery = new PendingDelivery(messages.length, this.clock.monotonic(), Infinity, resolve);
    const entries = messages.map((message, index) => new Entry(message, contentSize(message), index, delivery));
    const refusal = this.#closing ? 'CLOSING' : this.#fates.hasRoom(entries) ? undefined : 'QUEUE_FULL';
    if (refusal !== undefined) {
      for (const entry of entries) delivery.failed(undelivered(entry, refusal, false));
      return promise;
    }
    const fitting = entries.filter((entry) => this.#fits(entry));
    for (const entry of fitting) this.#fates.admit(entry);
    const queue = this.#topic(topic).queue(partition);
    queue.pushStored(fitting, this.#times.now());
    this.#active.add(queue);
    this.#sendReady(this.options.lingerMs);
    return promise;
  }

  release(topic: string, partition: number): void {
    const queue = this.#topic(topic).queue(partition);
    queue.isGated = false;
    if (!queue.isEmpty) this.#sendReady(0);
  }

  surrender(topic: string, partition: number): void {
    const queue = this.#topic(topic).queue(partition);
    queue.isGated = false;
    this.#giveUpFrom(queue, [], STORE_FIRST, false);
  }

  /** Of every topic in use and its leaders. */
  circuits(): CircuitState[] {
    return [...this.#topics.values()].flatMap((topic) => {
      const leaders = this.view.leaders(topic.topic) ?? [];
      const troubled = new Set(
        topic.queues.filter(({ attempts }) => attempts >= ATTEMPTS_TO_OPEN).map(({ partition }) => leaders[partition]),
      );
      return [...new Set(leaders)].map((leader) => ({
        topic: topic.topic,
        leader,
        isOpen: leader < 0 || troubled.has(leader) || this.#circuits.isOpen(leader),
      }));
    });
  }

  /** Sends what is in here without lingering; resolves when all of it has its fate, or after `limitMs`. */
  async flush(limitMs: number): Promise<void> {
    const until = this.clock.monotonic() + limitMs;
    while (this.#fates.untold > 0 && this.clock.monotonic() < until) {
      this.#sendReady(0);
      await new Promise((done) => setTimeout(done, 5));
    }
  }

  /** Takes no more, and flushes; what is left after `limitMs` goes to the store or is reported. */
  async close(limitMs: number): Promise<void> {
    this.#closing = true;
    await this.flush(limitMs);
    for (const topic of this.#topics.values()) {
      for (const queue of topic.queues) {
        this.#fates.giveUp(queue.topic, queue.partition, queue.empty(), 'CLOSING');
        // The store has them still.
        for (const entry of queue.emptyStored()) this.#fates.finish(entry, undelivered(entry, 'CLOSING', entry.inFlight));
      }
      this.#fates.giveUp(topic.topic, undefined, topic.unplaced.splice(0), 'CLOSING');
    }
    await this.flush(limitMs);
    clearTimeout(this.#linger);
    clearTimeout(this.#sweep);
  }

  #accept(entries: readonly Entry[]): void {
    let full = false;
    for (const entry of entries) {
      if (!this.#fits(entry)) continue;
      this.#fates.admit(entry);
      full = this.#enqueue(entry) || full;
    }
    this.#fates.observe();
    this.#sweep ??= setTimeout(() => this.#sweepExpired(), SWEEP_MS);
    if (full) this.#sendReady(this.options.lingerMs);
    if (this.#active.size > 0) this.#arm();
  }

  /** Reports a message that is too large by itself. */
  #fits(entry: Entry): boolean {
    const maxBytes = this.#maxBytesOf(entry.message.topic);
    const bytes = batchSize(entry.size, 1);
    if (bytes > maxBytes) entry.delivery.failed({ index: entry.index, kind: 'too_large', bytes, limit: maxBytes });
    return bytes <= maxBytes;
  }

  #maxBytesOf(topic: string): number {
    return this.options.maxBytesOf?.(topic) ?? this.options.maxBytes;
  }

  #topic(name: string): TopicQueues {
    let topic = this.#topics.get(name);
    if (topic === undefined) {
      topic = new TopicQueues(name, this.#maxBytesOf(name));
      this.#topics.set(name, topic);
      this.view.watch(name);
    }
    return topic;
  }

  /** Returns true when its partition has a whole batch waiting. */
  #enqueue(entry: Entry): boolean {
    const topic = this.#topic(entry.message.topic);
    const leaders = this.view.leaders(topic.topic);
    // Behind those that came first, until all of them are placed.
    if (leaders !== undefined && topic.unplaced.length === 0) return this.#place(entry, topic, leaders);
    topic.unplaced.push(entry);
    const isAway = topic.isAway || this.view.isAway(topic.topic);
    if (this.#fates.store.enabled && (isAway || this.#hold(topic.topic, undefined) !== 'nothing'))
      this.#fates.giveUp(topic.topic, undefined, topic.unplaced.splice(0), this.view.problem(topic.topic));
    return false;
  }

  #place(entry: Entry, topic: TopicQueues, leaders: readonly number[]): boolean {
    topic.isAway = false;
    const partition = topic.place(entry.message, leaders);
    if (partition === undefined) {
      this.#fates.finish(entry, undelivered(entry, 'UNKNOWN_TOPIC_OR_PARTITION', false));
      return false;
    }
    const queue = topic.queue(partition);
    const hold = this.#hold(topic.topic, partition);
    if (hold === 'more' || (hold === 'nothing' && this.#isStoredAtOnce(queue, leaders[partition]))) {
      const reason = hold === 'more' ? STORE_FIRST : queue.lastError;
      this.#fates.giveUp(topic.topic, partition, [...queue.empty(), entry], reason);
      return false;
    }
    queue.isGated = hold === 'last';
    queue.push(entry);
    this.#active.add(queue);
    return queue.isFull && !queue.isGated;
  }

  #hold(topic: string, partition: number | undefined): Hold {
    return this.#fates.store.enabled ? this.#fates.store.holds(topic, partition) : 'nothing';
  }

  /** Nobody would take it now. If the store does not either, it may as well be the probe. */
  #isStoredAtOnce(queue: PartitionQueue, leader: number): boolean {
    if (!this.#fates.store.enabled || !this.#isShut(queue, leader)) return false;
    return !(this.#fates.isStoreFull && this.#circuits.takeProbe(leader, this.clock.monotonic()));
  }

  /** A probe is resent until there is an answer: a second one would tell nothing more. */
  #isProbed(leader: number): boolean {
    if (!this.#circuits.isOpen(leader)) return false;
    for (const queue of this.#active) if (queue.hasStored && this.#leaderOf(queue.topic, queue.partition) === leader) return true;
    return false;
  }

  #leaderOf(topic: string, partition: number): number {
    return this.view.leaders(topic)?.[partition] ?? -1;
  }

  /** Its circuit is open: the leader does not answer, or refuses this partition again and again. */
  #isShut(queue: PartitionQueue, leader: number): boolean {
    return queue.attempts >= ATTEMPTS_TO_OPEN || this.#circuits.isOpen(leader);
  }

  /** Sends every batch that is ready, those of one leader together. */
  #sendReady(lingerMs: number): void {
    const now = this.clock.monotonic();
    const byLeader = new Map<number, OutgoingBatch[]>();
    for (const queue of this.#active) {
      if (!queue.isReady(now, lingerMs)) continue;
      const leader = this.#leaderOf(queue.topic, queue.partition);
      if (leader < 0) {
        if (!this.#isGone(queue)) this.#backOff(queue, 'LEADER_NOT_AVAILABLE');
        continue;
      }
      const batch = queue.take(this.#times.now());
      batch.leader = leader;
      batch.bounds ??= this.#times.boundsOf(queue.topic);
      queue.lastLeader = leader;
      this.#topics.get(queue.topic)?.taken(queue.partition);
      const batches = byLeader.get(leader);
      if (batches === undefined) byLeader.set(leader, [batch]);
      else batches.push(batch);
    }
    for (const batches of byLeader.values()) this.sender.send(batches, (part, outcomes) => this.#ended(part, outcomes));
  }

  /** Its topic was made again with fewer partitions: what comes from the store finds another one there, the rest by way of it. */
  #isGone(queue: PartitionQueue): boolean {
    const { topic, partition } = queue;
    const leaders = this.view.leaders(topic);
    if (leaders === undefined || partition < leaders.length || !this.#fates.store.enabled) return false;
    for (const entry of queue.emptyStored()) this.#fates.finish(entry, undelivered(entry, 'UNKNOWN_TOPIC_OR_PARTITION', false));
    this.#giveUpFrom(queue, [], 'UNKNOWN_TOPIC_OR_PARTITION', false);
    this.#active.delete(queue);
    return true;
  }

  #ended(batches: readonly OutgoingBatch[], outcomes: readonly PartitionOutcome[]): void {
    const { leader } = batches[0];
    const unanswered = outcomes.find((outcome) => !outcome.ok && !outcome.answered && outcome.kind !== 'local');
    if (unanswered === undefined && outcomes.some((outcome) => outcome.ok || outcome.answered)) this.#circuits.answered(leader);
    batches.forEach((batch, i) => this.#settle(batch, outcomes[i]));
    if (unanswered !== undefined && !unanswered.ok && this.#circuits.failed(leader, unanswered.error, this.clock.monotonic()))
      this.#circuitOpened(leader);
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
    } else if (this.#isRefusedForGood(batch, outcome)) {
      if (batch.records.length > 1) queue.sendHalves(batch);
      else for (const entry of open) this.#fates.finish(entry, refusalOf(entry, batch, outcome));
    } else if (outcome.kind === 'invalid' && !batch.isRedelivery) {
      this.#giveUpFrom(queue, open, outcome.error, outcome.ambiguous);
    } else if (outcome.kind === 'bad_time' && batch.badTimes < BAD_TIMES) {
      this.#sendWithOtherTime(queue, batch, outcome);
    } else {
      this.#retry(queue, batch, outcome);
    }
    if (queue.isEmpty) this.#active.delete(queue);
  }

  /** By what it holds, so that a part of it may be taken. */
  #isRefusedForGood(batch: OutgoingBatch, { kind }: Refusal): boolean {
    if (kind === 'too_large') return true;
    // The store has a dead-letter topic for what the topic does not take.
    if (kind === 'invalid') return batch.isRedelivery || !this.#fates.store.enabled;
    // Stored, it would fail again after each restart.
    return kind === 'local' && !batch.isRedelivery;
  }

  #sendWithOtherTime(queue: PartitionQueue, batch: OutgoingBatch, { bounds }: Refusal): void {
    this.observer.badTime(batch.topic, batch.records.length, bounds && this.#times.aheadOf(bounds));
    batch.bounds = this.#times.refused(batch.topic, bounds, batch.badTimes++);
    queue.sendAgain(batch);
  }

  #retry(queue: PartitionQueue, batch: OutgoingBatch, outcome: Refusal): void {
    const isSuspect = this.#isSuspect(batch, outcome);
    if (!isSuspect) queue.sendAgain(batch);
    else if (batch.records.length > 1) queue.sendHalves(batch);
    else this.#giveBack(queue, batch, outcome);
    if (outcome.kind === 'local') return this.#pause(queue, MAX_BACKOFF_MS / 4);
    this.#backOff(queue, outcome.error);
    this.view.refresh();
    if (this.#fates.store.enabled && queue.attempts >= ATTEMPTS_TO_OPEN) this.#giveUpFrom(queue, [], outcome.error, outcome.ambiguous);
  }

  /** Refused again and again for what may be about a single record. */
  #isSuspect(batch: OutgoingBatch, { kind, error, answered }: Refusal): boolean {
    if (!batch.isRedelivery || (!answered && kind !== 'local')) return false;
    return batch.refusedAgain(error) >= REFUSALS_TO_SUSPECT && kind !== 'retryable';
  }

  /** To the store, with all that stands behind it: there somebody can look whether the partition takes others. */
  #giveBack(queue: PartitionQueue, { records: [suspect] }: OutgoingBatch, outcome: Refusal): void {
    const { index } = suspect;
    const reason = reasonOf(outcome);
    this.#fates.finish(suspect, { index, kind: 'undelivered', reason, ambiguous: outcome.ambiguous, final: false, alone: true });
    for (const entry of queue.emptyStored()) this.#fates.finish(entry, undelivered(entry, 'BEHIND_REFUSED', false));
  }

  /** Nobody waits any longer for a broker that does not answer. */
  #circuitOpened(leader: number): void {
    if (!this.#fates.store.enabled) return;
    for (const queue of this.#active) {
      // Another one may lead it meanwhile: what is on its way to this one holds it up all the same.
      const isHeldUp = queue.inFlight !== undefined && queue.lastLeader === leader;
      if (!isHeldUp && this.#leaderOf(queue.topic, queue.partition) !== leader) continue;
      this.#giveUpFrom(queue, [], queue.lastError, queue.inFlight !== undefined);
      if (queue.isEmpty) this.#active.delete(queue);
    }
  }

  /** Not even a small question is answered. Without a store those who wait can only go on waiting. */
  #leaderSilent(leader: number): void {
    if (!this.#fates.store.enabled) return;
    if (this.#circuits.silent(leader, SILENT, this.clock.monotonic())) this.#circuitOpened(leader);
  }

  #backOff(queue: PartitionQueue, error: string): void {
    const delay = Math.min(MAX_BACKOFF_MS, FIRST_BACKOFF_MS * 2 ** queue.attempts);
    queue.attempts++;
    queue.lastError = error;
    this.#pause(queue, delay);
    if (error === 'LEADER_NOT_AVAILABLE') this.view.refresh();
  }

  #pause(queue: PartitionQueue, ms: number): void {
    const delay = ms * (0.8 + Math.random() * 0.4);
    const retryAt = this.clock.monotonic() + delay;
    queue.retryAt = retryAt;
    setTimeout(() => {
      // The timer decides, not the clock: it may fire a little early by it, and nobody would look again until the deadline.
      if (queue.retryAt === retryAt) queue.retryAt = 0;
      this.#sendReady(this.options.lingerMs);
    }, delay).unref();
  }

  /** New leaders may help at once those that wait to be sent again. */
  #topicsChanged(): void {
    for (const topic of this.#topics.values()) {
      const leaders = this.view.leaders(topic.topic);
      if (leaders === undefined || topic.unplaced.length === 0) continue;
      for (const entry of topic.unplaced.splice(0)) this.#place(entry, topic, leaders);
    }
    for (const queue of this.#active) {
      const leader = this.#leaderOf(queue.topic, queue.partition);
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
      if (expired.length > 0) {
        const isOnTheWire = queue.inFlight !== undefined;
        this.#giveUpFrom(queue, expired, queue.lastError, isOnTheWire);
        if (isOnTheWire && this.#circuits.silent(queue.lastLeader, TOO_LATE, now)) this.#circuitOpened(queue.lastLeader);
      }
      if (queue.isEmpty) this.#active.delete(queue);
    }
    for (const topic of this.#topics.values()) {
      const { unplaced } = topic;
      const staying = unplaced.findIndex(({ delivery }) => delivery.deadline > now);
      const expired = unplaced.splice(0, staying === -1 ? unplaced.length : staying);
      if (expired.length === 0) continue;
      topic.isAway = true;
      // The others must not overtake them.
      if (this.#fates.store.enabled) expired.push(...unplaced.splice(0));
      this.#fates.giveUp(topic.topic, undefined, expired, this.view.problem(topic.topic));
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

type Refusal = Extract<PartitionOutcome, { ok: false }>;

function refusalOf(entry: Entry, batch: OutgoingBatch, outcome: Refusal): DeliveryFailure {
  const { kind, ambiguous } = outcome;
  if (kind === 'too_large') return { index: entry.index, kind, bytes: batch.bytes, limit: undefined };
  return undelivered(entry, reasonOf(outcome), ambiguous, kind === 'invalid');
}

const reasonOf = ({ error, detail }: Refusal): string => (detail === undefined ? error : `${error}: ${detail}`);
