import { join, resolve } from 'node:path';
import { Inject, Injectable, Logger, Optional } from '@nestjs/common';
import { Clock, SharedLimits, type SharedTally } from '@app/event';
import { ALL_STORED, KafkaConfig, UndeliveredStore, type Hold, type ProducedMessage, type StoreRefusals, type WayBack } from '@app/kafka';
import { DISK, NodeDisk, type Disk } from '../disk.js';
import { payloadBytes, RECORD_HEADER_BYTES, type Payload } from '../record.js';
import { SpoolConfig } from '../spool.config.js';
import { NoSpoolMetrics, SpoolMetrics, type SpoolFigures } from '../spool.metrics.js';
import { reasonOf, StorageError } from '../storage-error.js';
import { classOf } from './class-of.js';
import { Drain } from './drain.js';
import { fileSystemOf } from './file-system.js';
import { Handover } from './handover.js';
import { OutageLedger } from './outage-ledger.js';
import type { Slot } from './slot.js';
import { Slots } from './slots.js';
import { SpoolSpace } from './spool-space.js';
import { encodeSpooled } from './spooled-message.js';

/** Small, so that room is free soon after it is drained. */
const SEGMENT_BYTES = 8 * 1024 * 1024;
/** Waiting for the disk; beyond it requests are refused. */
const PENDING_BYTES = 64 * 1024 * 1024;
/** How often slots of dead processes, or a disk that has come back, are looked for. */
const LOOK_EVERY_MS = 15_000;

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
  readonly directory: string;
  readonly #logger = new Logger('Spool');
  readonly #slots: Slot[] = [];
  readonly #space: SpoolSpace;
  readonly #tally: SharedTally;
  readonly #abort = new AbortController();
  #own: Slot | undefined;
  #finder: Slots | undefined;
  #drain: Drain | undefined;
  #handover: Handover | undefined;
  #ledger: OutageLedger | undefined;
  #way: WayBack | undefined;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> = Promise.resolve();
  #medium: 'persistent' | 'ephemeral' | 'off';
  #openError: string | undefined;
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
    this.#space = new SpoolSpace({ maxBytes, projectShare, classOf: classOf(kafka) }, () => this.#onDisk() + this.#tally.others);
    metrics.watchSpool(() => this.figures());
  }

  get enabled(): boolean {
    return this.#own !== undefined;
  }

  get ack(): 'spool' | 'spool-ephemeral' {
    return this.#medium === 'persistent' ? 'spool' : 'spool-ephemeral';
  }

  async open(way: WayBack): Promise<void> {
    this.#way = way;
    if (this.#medium === 'off') return this.#logger.log('SPOOL_MEDIUM=off: what brokers do not take is answered 503');
    await this.#tryOpen();
    this.#timer = setInterval(() => this.#look(), LOOK_EVERY_MS);
    this.#timer.unref();
  }

  /** After the last message: the drain ends first, then the directories are free for the next process. */
  async close(): Promise<void> {
    clearInterval(this.#timer);
    this.#abort.abort();
    await this.#looking;
    await this.#drain?.stop();
    this.#own = undefined;
    for (const slot of this.#slots.splice(0)) await slot.close();
  }

  holds(topic: string, partition: number | undefined): Hold {
    let waiting = 0;
    for (const slot of this.#slots) {
      if (!slot.isCounted) return 'more';
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
    const lastError =
      this.#openError ??
      this.#own?.log.stats().failure ??
      this.#drain?.failure ??
      this.disk.hang('background') ??
      this.disk.hang('foreground');
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
      counting: this.#slots.some(({ isCounted }) => !isCounted),
      draining: events > 0 && this.#drain?.isMoving === true,
      lastError,
    };
  }

  figures(): SpoolFigures {
    const events = this.#slots.reduce((sum, { lanes }) => sum + lanes.total, 0);
    const oldest = events === 0 ? undefined : Math.min(...this.#slots.map(({ log }) => log.stats().oldest ?? Infinity));
    const age = oldest === undefined || oldest === Infinity ? undefined : Math.max(0, Math.round((this.clock.now() - oldest) / 1000));
    const parked = this.#slots.reduce((sum, slot) => sum + slot.parked.events, 0);
    const leftAlone = this.#slots.reduce((sum, { log }) => sum + log.stats().leftAlone.length, 0);
    return { bytes: this.#onDisk(), maxBytes: this.config.spoolMaxBytes, events, oldestAgeSeconds: age, parked, leftAlone };
  }

  /** @returns why it failed, a metric's label */
  async #append(
    topic: string,
    partition: number | undefined,
    payloads: readonly Payload[],
    kept: readonly { message: ProducedMessage; bytes: number }[],
  ): Promise<string | undefined> {
    const slot = this.#own;
    if (payloads.length === 0) return undefined;
    if (slot === undefined) return 'closed';
    const wasEmpty = slot.lanes.total === 0;
    // From this moment on nothing of the partition overtakes them.
    for (const { message, bytes } of kept) {
      slot.lanes.add(topic, partition);
      this.#space.take(message, bytes);
    }
    slot.appending++;
    const stored = slot.log.append(payloads).then(
      (first) => {
        slot.end = Math.max(slot.end, first + payloads.length);
        this.metrics.spooled(payloads.length);
        return undefined;
      },
      (error: unknown) => {
        for (const { message, bytes } of kept) {
          slot.lanes.remove(topic, partition);
          this.#space.giveBack(message, bytes);
        }
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
    for (const { log, parked } of this.#slots) {
      const stats = log.stats();
      bytes += stats.bytes + stats.pendingBytes + parked.bytes;
    }
    this.#tally.tell(bytes);
    return bytes;
  }

  async #tryOpen(): Promise<void> {
    try {
      await this.#claim();
      if (this.#openError !== undefined) this.#logger.log(`the spool in ${this.directory} is open`);
      this.#openError = undefined;
    } catch (error) {
      const message = reasonOf(error);
      if (message !== this.#openError)
        this.#logger.error(`SPOOL_DIR: ${message}. Until that changes, what brokers do not take is answered 503, as without a spool`);
      this.#openError = message;
    }
  }

  async #claim(): Promise<void> {
    const { kind, name } = await fileSystemOf(this.directory);
    if (kind === 'network')
      throw new Error(`${this.directory} is on a network file system (${name}), whose locks and fsync nobody can rely on`);
    if (kind === 'memory' && this.#medium === 'persistent') {
      this.#medium = 'ephemeral';
      this.#logger.warn(`${this.directory} is in memory (${name}): acknowledged as spool-ephemeral`);
    }
    const { config, metrics, disk, clock } = this;
    const notice = (message: string) => this.#logger.warn(message);
    const segmentBytes = Math.min(SEGMENT_BYTES, config.spoolMaxBytes / 8);
    this.#finder = new Slots(this.directory, { segmentBytes, pendingBytes: PENDING_BYTES, notice, metrics, disk, clock });
    const { own, others } = await this.#finder.claim();
    const way = this.#way!;
    this.#slots.push(...others, own);
    this.#handover = new Handover(this.#slots, own, way);
    this.#ledger = new OutageLedger(own, this.#space, metrics, this.#handover, this.kafka.dlqTopic, clock, notice);
    this.#ledger.onDrained = (message) => this.#onDrained.forEach((listener) => listener(message));
    const settings = {
      share: config.spoolDrainShare,
      maxAgeMs: config.spoolMaxAgeHours > 0 ? config.spoolMaxAgeHours * 3_600_000 : Infinity,
    };
    this.#drain = new Drain(this.#slots, way, settings, this.#ledger, clock, notice);
    this.#own = own;
    for (const slot of this.#slots) void this.#count(slot);
    this.#drain.start();
  }

  async #count(slot: Slot): Promise<void> {
    void this.#countParked(slot);
    let found = 0;
    try {
      await slot.count((spooled, bytes) => {
        found++;
        this.#space.take(spooled.message, bytes);
        this.metrics.recovered(1);
      }, this.#abort.signal);
    } catch (error) {
      this.#logger.error(`${slot.directory}: cannot be read and is left alone: ${reasonOf(error)}`);
      this.#openError = reasonOf(error);
      this.#slots.splice(this.#slots.indexOf(slot), 1);
      if (slot === this.#own) this.#own = undefined;
      return;
    }
    if (found > 0) this.#logger.log(`${slot.directory}: ${found} events of an earlier process wait for the brokers`);
    this.#drain?.wake();
  }

  async #countParked({ directory, parked }: Slot): Promise<void> {
    await parked.count().catch((error: unknown) => this.#logger.error(`${directory}: cannot count what is parked: ${reasonOf(error)}`));
  }

  #look(): void {
    // Nobody asks while nothing is stored, and what has been drained is room for another process.
    this.#onDisk();
    for (const slot of this.#slots) void this.#countParked(slot);
    this.#looking = this.#looking.then(() => (this.enabled ? this.#adopt() : this.#tryOpen()));
  }

  async #adopt(): Promise<void> {
    const adopted = await this.#finder!.adopt(this.#slots).catch(() => []);
    // A dead process's slot that is drained is for the next one to take.
    const isDone = (slot: Slot) => slot.isCounted && slot.lanes.total === 0 && slot.unresolved.size === 0 && slot.parked.bytes === 0;
    const done = this.#slots.filter((slot) => slot !== this.#own && isDone(slot));
    for (const slot of done) {
      this.#slots.splice(this.#slots.indexOf(slot), 1);
      await slot.close();
    }
    for (const slot of adopted) {
      this.#slots.unshift(slot);
      void this.#count(slot);
    }
  }
}

/** An event's record computes these from the event each time. */
function plain({ topic, key, value, headers, timestamp }: ProducedMessage): ProducedMessage {
  return { topic, key, value, headers, timestamp };
}
