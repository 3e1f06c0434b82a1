import { join, resolve } from 'node:path';
import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import { Clock, SharedLimits, type SharedTally } from '@app/event';
import { ALL_STORED, KafkaConfig, UndeliveredStore, type Hold, type ProducedMessage, type StoreRefusals, type WayBack } from '@app/kafka';
import { DISK, NodeDisk, type Disk } from '../disk.js';
import { payloadBytes, RECORD_HEADER_BYTES, type Payload } from '../record.js';
import { SpoolConfig } from '../spool.config.js';
import { NoSpoolMetrics, SpoolMetrics, type SpoolFigures } from '../spool.metrics.js';
import { StorageError } from '../storage-error.js';
import { classOf } from './class-of.js';
import { Drain } from './drain.js';
import { Handover } from './handover.js';
import { HeldSlots } from './held-slots.js';
import { OutageLedger } from './outage-ledger.js';
import type { Slot } from './slot.js';
import { SpoolSpace } from './spool-space.js';
import { encodeSpooled } from './spooled-message.js';

/** Small, so that room is free soon after it is drained. */
const SEGMENT_BYTES = 8 * 1024 * 1024;
/** Waiting for the disk; beyond it requests are refused. */
const PENDING_BYTES = 64 * 1024 * 1024;

/** What readiness shows of the spool. */
export interface OutageSpoolDetail {
  readonly directory: string;
  readonly medium: 'persistent' | 'ephemeral' | 'off';
  /** False: undelivered events are refused with 503, as without a spool. */
  readonly isOpen: boolean;
  readonly bytes: number;
  readonly maxBytes: number;
  /** Messages that wait for brokers. */
  readonly events: number;
  /** Messages that nobody takes: they lie aside until an operator says what is to become of them. */
  readonly parked: number;
  /** Files that are neither drained nor deleted: they could not be read, or another release wrote them. */
  readonly leftAlone: number;
  readonly oldestAgeSeconds: number | undefined;
  readonly draining: boolean;
  /** What earlier processes left is still being counted: `events` grows. */
  readonly counting: boolean;
  readonly lastError: string | undefined;
}

/** Where events wait, durable, while brokers are away, and whence they go on in their order. */
@Injectable()
export class OutageSpool extends UndeliveredStore {
  override readonly directory: string;
  readonly #logger = new Logger('Spool');
  readonly #held: HeldSlots;
  readonly #space: SpoolSpace;
  readonly #tally: SharedTally;
  readonly #segmentBytes: number;
  #drain: Drain | undefined;
  #handover: Handover | undefined;
  #way: WayBack | undefined;
  /** What was left when it closed: its slots are other processes' since. */
  #atClose: SpoolFigures | undefined;
  #medium: 'persistent' | 'ephemeral' | 'off';
  readonly #onDrained: ((message: ProducedMessage) => void)[] = [];

  constructor(
    private readonly config: SpoolConfig,
    private readonly kafka: KafkaConfig,
    private readonly clock: Clock,
    @Optional() @Inject(SpoolMetrics) private readonly metrics: SpoolMetrics = new NoSpoolMetrics(),
    @Optional() @Inject(DISK) private readonly disk: Disk = new NodeDisk(config.spoolFsync),
    @Optional() @Inject(SharedLimits) limits: SharedLimits = new SharedLimits(),
  ) {
    super();
    this.directory = resolve(config.spoolDir ?? join(config.dataDir, 'spool'));
    this.#medium = config.spoolMedium;
    this.#tally = limits.of('spool');
    const { spoolMaxBytes: maxBytes, spoolProjectShare: projectShare } = config;
    this.#segmentBytes = Math.min(SEGMENT_BYTES, maxBytes / 8);
    this.#held = this.#heldSlots();
    this.#space = new SpoolSpace(
      { maxBytes, projectShare, classOf: classOf(kafka) },
      () => this.#onDisk() + this.#tally.others,
      (token) => this.#held.all.reduce((sum, { shares }) => sum + shares.of(token), 0),
    );
    metrics.watchSpool(() => this.figures());
  }

  get enabled(): boolean {
    return this.#held.own !== undefined;
  }

  get ack(): 'spool' | 'spool-ephemeral' {
    return this.#medium === 'persistent' ? 'spool' : 'spool-ephemeral';
  }

  async open(way: WayBack): Promise<void> {
    this.#way = way;
    if (this.#medium === 'off') return this.#logger.log('SPOOL_MEDIUM=off: what brokers do not take is answered 503');
    await this.#held.open();
  }

  /** After the last message: the drain ends first, then the directories are free for the next process. */
  async close(): Promise<void> {
    await this.#held.stop();
    await this.#drain?.stop();
    this.#atClose = this.figures();
    await this.#held.close();
  }

  holds(topic: string, partition: number | undefined): Hold {
    let waiting = 0;
    for (const slot of this.#held.all) {
      if (!slot.isCounted || slot.mayMiss(topic, partition)) return 'more';
      if (slot.lanes.total > 0) waiting += slot.lanes.ahead(topic, partition);
    }
    if (waiting === 0) return 'nothing';
    return partition !== undefined && this.#handover?.has(topic, partition) === true ? 'last' : 'more';
  }

  async store(topic: string, partition: number | undefined, messages: readonly ProducedMessage[]): Promise<StoreRefusals> {
    this.#handover?.end(topic, partition);
    const refused = new Map<number, string>();
    const accepted: Payload[] = [];
    const kept: { message: ProducedMessage; bytes: number; index: number }[] = [];
    let promised = 0;
    for (const [index, given] of messages.entries()) {
      const message = plain(given);
      const payload = encodeSpooled({ message, partition, isDead: false });
      const bytes = payloadBytes(payload);
      const cause = this.#space.refusal(message, bytes, promised);
      if (cause !== undefined) refused.set(index, cause);
      else {
        promised += bytes + RECORD_HEADER_BYTES;
        accepted.push(payload);
        kept.push({ message, bytes, index });
      }
    }
    const cause = await this.#append(topic, partition, accepted, kept);
    if (cause !== undefined) for (const { index } of kept) refused.set(index, cause);
    if (refused.size === 0) return ALL_STORED;
    for (const [, reason] of refused) this.metrics.refused(reason, 1);
    return refused;
  }

  /** Calls back for each message that leaves the spool for its topic, those that earlier processes left too. */
  onDrained(listener: (message: ProducedMessage) => void): void {
    this.#onDrained.push(listener);
  }

  detail(): OutageSpoolDetail {
    const { bytes, maxBytes, events, oldestAgeSeconds, parked, leftAlone } = this.figures();
    const { all, own, error } = this.#held;
    return {
      directory: this.directory,
      medium: this.#medium,
      isOpen: this.enabled,
      bytes,
      maxBytes,
      events,
      parked,
      leftAlone,
      oldestAgeSeconds,
      counting: all.some(({ isCounted }) => !isCounted),
      draining: events > 0 && this.#drain?.isMoving === true,
      lastError: error ?? own?.log.stats().failure ?? this.#drain?.failure ?? this.disk.hang('background') ?? this.disk.hang('foreground'),
    };
  }

  figures(): SpoolFigures {
    if (this.#atClose !== undefined) return this.#atClose;
    const { all } = this.#held;
    const events = all.reduce((sum, { waiting }) => sum + waiting, 0);
    const oldest = events === 0 ? undefined : Math.min(...all.map(({ log }) => log.stats().oldest ?? Infinity));
    const age = oldest === undefined || oldest === Infinity ? undefined : Math.max(0, Math.round((this.clock.now() - oldest) / 1000));
    const parked = all.reduce((sum, slot) => sum + slot.parked.events, 0);
    const leftAlone = all.reduce((sum, { log }) => sum + log.stats().leftAlone.length, 0);
    return { bytes: this.#onDisk(), maxBytes: this.config.spoolMaxBytes, events, oldestAgeSeconds: age, parked, leftAlone };
  }

  /** @returns why it failed, a metric's label */
  async #append(
    topic: string,
    partition: number | undefined,
    payloads: readonly Payload[],
    kept: readonly { message: ProducedMessage; bytes: number }[],
  ): Promise<string | undefined> {
    const slot = this.#held.own;
    if (payloads.length === 0) return undefined;
    if (slot === undefined) return 'closed';
    const wasEmpty = slot.waiting === 0;
    // From this moment on nothing of the partition overtakes them.
    for (const { message, bytes } of kept) slot.take({ message, partition }, bytes);
    slot.appending++;
    const stored = slot.log.append(payloads).then(
      (first) => {
        slot.end = Math.max(slot.end, first + payloads.length);
        this.metrics.spooled(payloads.length);
        return undefined;
      },
      (error: unknown) => {
        for (const { message, bytes } of kept) slot.leave({ message, partition }, bytes);
        this.#handover?.check(topic);
        return error instanceof StorageError && error.code === 'backlog' ? 'disk_slow' : 'disk_error';
      },
    );
    const settled = stored.finally(() => {
      slot.appending--;
      if (wasEmpty || this.#handover?.isBusy === true) this.#drain?.wake();
    });
    return this.#inTime(settled);
  }

  /** A disk that hangs must not hang requests: what it stores after all is one duplicate more. */
  async #inTime(stored: Promise<string | undefined>): Promise<string | undefined> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<string>((done) => {
      timer = setTimeout(() => done('disk_slow'), this.config.spoolStoreDeadlineMs);
    });
    return Promise.race([stored, late]).finally(() => clearTimeout(timer));
  }

  #onDisk(): number {
    let bytes = 0;
    for (const { log, parked } of this.#held.all) {
      const stats = log.stats();
      bytes += stats.bytes + stats.pendingBytes + parked.bytes;
    }
    this.#tally.tell(bytes);
    return bytes;
  }

  #heldSlots(): HeldSlots {
    const { directory, metrics, disk, clock } = this;
    const notice = (message: string) => this.#logger.warn(message);
    const slots = { segmentBytes: this.#segmentBytes, pendingBytes: PENDING_BYTES, notice, metrics, clock };
    const recovered = (messages: number) => metrics.recovered(messages);
    return new HeldSlots(
      { directory, slots, disk, recovered, log: this.#logger },
      {
        opened: (own, all) => this.#startDrain(own, all),
        counted: () => this.#drain?.wake(),
        // Nobody asks while nothing is stored, and what has been drained is room for another process.
        looked: () => void this.#onDisk(),
        inMemory: (name) => this.#isInMemory(name),
      },
    );
  }

  #isInMemory(fileSystem: string): void {
    if (this.#medium !== 'persistent') return;
    this.#medium = 'ephemeral';
    this.#logger.warn(`${this.directory} is in memory (${fileSystem}): acknowledged as spool-ephemeral`);
  }

  #startDrain(own: Slot, all: readonly Slot[]): void {
    const { config, metrics, clock } = this;
    const way = this.#way!;
    const notice = (message: string) => this.#logger.warn(message);
    this.#handover = new Handover(all, own, way);
    const ledger = new OutageLedger(own, metrics, this.#handover, this.kafka.dlqTopic, clock, notice);
    ledger.onDrained = (message) => this.#onDrained.forEach((listener) => listener(message));
    const settings = {
      share: config.spoolDrainShare,
      maxAgeMs: config.spoolMaxAgeHours > 0 ? config.spoolMaxAgeHours * 3_600_000 : Infinity,
      segmentBytes: this.#segmentBytes,
    };
    this.#drain = new Drain(all, way, settings, ledger, clock, notice);
    this.#drain.start();
  }
}

/** An event's record computes these from the event each time. */
function plain({ topic, key, value, headers, timestamp }: ProducedMessage): ProducedMessage {
  return { topic, key, value, headers, timestamp };
}
