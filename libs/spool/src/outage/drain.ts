import type { Clock } from '@app/event';
import type { Acceptance, WayBack } from '@app/kafka';
import { reasonOf } from '../storage-error.js';
import { laneOf, wholeTopic } from './drain-cursor.js';
import { DrainChunk, type DrainGroup, type DrainItem } from './drain-group.js';
import { DrainScan, existing } from './drain-scan.js';
import { DrainPace } from './drain-pace.js';
import { decode, type Slot } from './slot.js';
import { Wakeup } from './wakeup.js';

/** What is read and sent in one go: also what may be sent twice after a kill -9, and what the drain holds in memory. */
const CHUNK_BYTES = 1024 * 1024;
const CHUNK_MESSAGES = 2000;
/** A batch without an answer for this long no longer holds up the others. */
const PATIENCE_MS = 1000;
/** Between two looks at what waits while nothing could be sent. */
const REST_MS = 500;
const SYNC_EVERY_MS = 1000;
const EXPIRY_EVERY_MS = 60_000;

export interface DrainSettings {
  /** Part of the time in which chunks may be under way. */
  readonly share: number;
  /** Of the slot's running time; Infinity keeps everything. */
  readonly maxAgeMs: number;
}

/** What becomes of messages, for those who keep count. */
export interface DrainLedger {
  drained(slot: Slot, group: DrainGroup, item: DrainItem): void;
  expired(slot: Slot, item: DrainItem): void;
  unreadable(slot: Slot): void;
  /** All there is has been read, and yet messages are missing: their records have been damaged meanwhile. */
  lost(slot: Slot): void;
  /** Puts a message on its way to the dead-letter topic, or parks it. False: keep it, try again later. */
  poisoned(slot: Slot, group: DrainGroup, item: DrainItem, reason: string): Promise<boolean>;
  /** Puts a message aside. False: keep it, try again later. */
  park(slot: Slot, item: DrainItem, reason: string): Promise<boolean>;
  /** A group has its fate, at least in part. */
  settled(group: DrainGroup, inTime: boolean): void;
}

/** Sends what is stored, in its order, and remembers how far it came. One loop for all slots, oldest first. */
export class Drain {
  readonly #rest = new Wakeup();
  readonly #breather = new Wakeup();
  readonly #unsaved = new Set<Slot>();
  #running: Promise<void> | undefined;
  #stopped = false;
  #lastExpiry = -Infinity;
  #syncedAt = -Infinity;
  readonly #pace: DrainPace;
  /** Messages that left, ever. */
  #sent = 0;
  /** The last storage problem while reading; undefined when all is well. */
  failure: string | undefined;
  /** Something left in the last round. */
  isMoving = false;

  constructor(
    private readonly slots: readonly Slot[],
    private readonly way: WayBack,
    private readonly settings: DrainSettings,
    private readonly ledger: DrainLedger,
    private readonly clock: Clock,
    private readonly notice: (message: string) => void,
  ) {
    this.#pace = new DrainPace(settings.share, clock);
  }

  start(): void {
    this.#running ??= this.#run();
  }

  /** There may be something to send. */
  wake(): void {
    this.#rest.wake();
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#rest.wake();
    this.#breather.wake();
    await this.#running;
    // What cannot be saved is put back: over the set itself this would go on for ever.
    const unsaved = Array.from(this.#unsaved);
    for (const slot of unsaved) await this.#save(slot);
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const before = this.#sent;
      for (const slot of this.slots) {
        await this.#pass(slot).catch((error: unknown) => this.#failed(slot, error));
        if (this.#unsaved.has(slot)) await this.#save(slot);
      }
      if (this.#sent > before) continue;
      this.isMoving = false;
      if (!this.#stopped) await this.#rest.wait(this.#hasWork() ? REST_MS * (0.8 + Math.random() * 0.4) : 3_600_000);
    }
  }

  #hasWork(): boolean {
    return this.slots.some(({ isCounted, lanes }) => !isCounted || lanes.total > 0);
  }

  #failed(slot: Slot, error: unknown): void {
    if (this.failure === undefined) this.notice(`${slot.directory}: cannot read what is stored: ${reasonOf(error)}; trying again`);
    this.failure = reasonOf(error);
  }

  async #pass(slot: Slot): Promise<void> {
    if (!slot.isCounted || slot.lanes.total === 0) return;
    await this.#expire(slot);
    const lanes = this.#lanesToCatchUp(slot);
    if (lanes.size > 0) await this.#scan(slot, this.#newScan(slot, lanes));
    if (slot.cursor.next < slot.end) await this.#scan(slot, this.#newScan(slot));
    this.failure = undefined;
    if (slot.isExhausted && !this.#stopped) this.ledger.lost(slot);
  }

  #newScan(slot: Slot, lanes?: ReadonlyMap<string, Acceptance>): DrainScan {
    const isFirst = (topic: string, partition: number) => this.#isFirst(slot, topic, partition);
    return new DrainScan(slot, this.way, isFirst, lanes && new Set(lanes.keys()), lanes ?? new Map());
  }

  /** Slots are in the order of their age: what a dead process left goes first. */
  #isFirst(slot: Slot, topic: string, partition: number): boolean {
    for (const older of this.slots) {
      if (older === slot) return true;
      if (older.lanes.ahead(topic, partition) > 0) return false;
    }
    return true;
  }

  #lanesToCatchUp(slot: Slot): ReadonlyMap<string, Acceptance> {
    const lanes = new Map<string, Acceptance>();
    for (const lane of slot.cursor.behind.keys()) {
      const slash = lane.lastIndexOf('/');
      const [topic, partition] = [lane.slice(0, slash), Number(lane.slice(slash + 1))];
      if (Number.isNaN(partition)) {
        if (slot.cursor.partitions.has(topic) || this.way.partitions(topic) !== undefined) lanes.set(lane, 'yes');
      } else if (!slot.unresolved.has(lane) && this.#isFirst(slot, topic, partition)) {
        const acceptance = this.way.accepts(topic, existing(this.way, topic, partition));
        if (acceptance !== 'no') lanes.set(lane, acceptance);
      }
    }
    return lanes;
  }

  async #scan(slot: Slot, scan: DrainScan): Promise<void> {
    let next = scan.from;
    const end = slot.end;
    let chunk = new DrainChunk();
    const mark = scan.lanes === undefined ? slot.mark : undefined;
    for await (const record of slot.log.read({ from: { sequence: next }, ...(mark && { mark }) })) {
      if (this.#stopped || record.sequence >= scan.to || scan.lanes?.size === 0) break;
      next = record.sequence + 1;
      const spooled = decode(record);
      if (spooled === undefined) {
        if (scan.lanes === undefined) this.ledger.unreadable(slot);
        continue;
      }
      const item = { ...spooled, sequence: record.sequence, bytes: record.payload.length };
      const decision = scan.decide(item);
      if (decision !== undefined) chunk.add(decision, item);
      if (chunk.bytes < CHUNK_BYTES && chunk.count < CHUNK_MESSAGES) continue;
      await this.#send(slot, chunk, scan, next);
      chunk = new DrainChunk();
      scan.newChunk();
    }
    if (this.#stopped) return;
    // What could not be read up to here is damaged, and will not come back.
    if (scan.lanes === undefined) next = Math.max(next, end);
    await this.#send(slot, chunk, scan, next);
    for (const lane of scan.lanes ?? []) slot.cursor.behind.delete(lane);
  }

  /** Sends a chunk, waits for it within reason, and moves the cursor to `next`. */
  async #send(slot: Slot, chunk: DrainChunk, scan: DrainScan, next: number): Promise<void> {
    const { cursor } = slot;
    const started = this.clock.monotonic();
    const groups = [...chunk.groups.values()];
    for (const group of groups) cursor.behind.set(group.lane, group.first);
    if (groups.length > 0) await this.#withPatience(groups.map((group) => this.#sendGroup(slot, group)));
    for (const group of groups) this.#book(slot, group, scan, next);
    // All that the scan did not send is told by `behind`, so that it may move on.
    for (const lane of scan.lanes ?? []) cursor.behind.set(lane, Math.max(next, cursor.behind.get(lane) ?? 0));
    if (scan.lanes === undefined) cursor.next = Math.max(cursor.next, next);
    if (groups.length === 0) return;
    await this.#save(slot);
    await this.#pause(this.clock.monotonic() - started);
  }

  #book(slot: Slot, group: DrainGroup, scan: DrainScan, next: number): void {
    const { behind } = slot.cursor;
    if (!group.isSettled) slot.unresolved.add(group.lane);
    if (!group.isSettled || group.left !== undefined) {
      behind.set(group.lane, group.isSettled ? (group.left ?? next) : group.first);
      scan.lanes?.delete(group.lane);
    } else if (scan.lanes?.has(group.lane)) behind.set(group.lane, next);
    else behind.delete(group.lane);
    this.ledger.settled(group, group.isSettled && group.keptFrom === undefined);
  }

  async #sendGroup(slot: Slot, group: DrainGroup): Promise<void> {
    const { failures } = await this.way.redeliver(group.topic, group.partition, group.messages);
    const byIndex = new Map(failures.map((failure) => [failure.index, failure]));
    for (const [index, item] of group.items.entries()) {
      const failure = byIndex.get(index);
      if (failure === undefined) {
        this.#left(slot, group, item);
        continue;
      }
      if (failure.kind === 'undelivered' && failure.alone && (await this.#isSettledAside(slot, group, index))) continue;
      const isFinal = failure.kind === 'too_large' || failure.final;
      const reason = failure.kind === 'too_large' ? 'too_large' : failure.reason;
      if (isFinal && (await this.ledger.poisoned(slot, group, item, reason))) {
        this.#sent++;
        continue;
      }
      group.keptFrom = item.sequence;
      break;
    }
    group.isSettled = true;
    if (!slot.unresolved.delete(group.lane)) return;
    // The drain went on without it: from here its lane is caught up with.
    slot.cursor.behind.set(group.lane, group.left ?? group.last + 1);
    this.#unsaved.add(slot);
    this.ledger.settled(group, false);
    this.#rest.wake();
  }

  #left(slot: Slot, group: DrainGroup, item: DrainItem): void {
    this.#sent++;
    this.isMoving = true;
    this.ledger.drained(slot, group, item);
  }

  /**
   * A message was refused again and again, for a reason that may be anybody's. If its partition takes another one
   * meanwhile, a copy of one that comes later, and refuses this one still, it is at fault and is parked.
   */
  async #isSettledAside(slot: Slot, group: DrainGroup, index: number): Promise<boolean> {
    const item = group.items[index];
    const witness = group.witnessFor(index);
    if (witness === undefined || this.#stopped) return false;
    const tried = await this.way.redeliver(group.topic, group.partition, [witness.message]);
    if (tried.failures.length > 0 || this.#stopped) return false;
    const [again] = (await this.way.redeliver(group.topic, group.partition, [item.message])).failures;
    if (again === undefined) {
      this.#left(slot, group, item);
      return true;
    }
    if (again.kind !== 'undelivered' || !again.alone || !(await this.ledger.park(slot, item, again.reason))) return false;
    this.#sent++;
    return true;
  }

  async #withPatience(sending: readonly Promise<void>[]): Promise<void> {
    const patience = new Wakeup();
    await Promise.race([Promise.all(sending), patience.wait(PATIENCE_MS)]);
    patience.wake();
  }

  /** As long as it keeps up with what comes in, the drain leaves the brokers and this process to the others for a while. */
  async #pause(workedMs: number): Promise<void> {
    const backlog = this.slots.reduce((sum, { lanes }) => sum + lanes.total, 0);
    const ms = this.#pace.pauseAfter(workedMs, backlog);
    if (ms > 0 && backlog > 0 && !this.#stopped) await this.#breather.wait(ms);
  }

  async #save(slot: Slot): Promise<void> {
    this.#unsaved.delete(slot);
    const now = this.clock.monotonic();
    const isDurable = this.#stopped || now - this.#syncedAt > SYNC_EVERY_MS;
    if (isDurable) this.#syncedAt = now;
    try {
      await slot.cursor.save(isDurable);
    } catch (error) {
      this.#unsaved.add(slot);
      this.#failed(slot, error);
      // Only what a saved cursor is beyond may be deleted… but a full disk needs the room, and a restart then finds less to repeat.
    }
    await slot.release();
  }

  /** Gives up what is too old, whether or not it could be sent. */
  async #expire(slot: Slot): Promise<void> {
    const { maxAgeMs } = this.settings;
    if (slot.log.oldestAgeMs <= maxAgeMs || this.clock.monotonic() - this.#lastExpiry < EXPIRY_EVERY_MS) return;
    this.#lastExpiry = this.clock.monotonic();
    const { cursor } = slot;
    for await (const record of slot.log.read({ from: { sequence: cursor.low } })) {
      if (this.#stopped || record.sequence >= slot.end || slot.log.ageMs(record) <= maxAgeMs) break;
      const spooled = decode(record);
      if (spooled === undefined) continue;
      const item = { ...spooled, sequence: record.sequence, bytes: record.payload.length };
      const { topic } = spooled.message;
      const partition = slot.placeOf(spooled, record.sequence);
      const lane = partition === undefined ? wholeTopic(topic) : laneOf(topic, partition);
      if (slot.unresolved.has(lane) || cursor.isDone(record.sequence, topic, lane)) continue;
      this.ledger.expired(slot, item);
      for (const one of [lane, wholeTopic(topic)]) if (cursor.behind.has(one)) cursor.behind.set(one, record.sequence + 1);
      if (record.sequence >= cursor.next) cursor.next = record.sequence + 1;
    }
    this.#unsaved.add(slot);
  }
}
