import type { Clock } from '@app/event';
import type { Acceptance, WayBack } from '@app/kafka';
import type { Damage } from '../segment-reader.js';
import { reasonOf } from '../storage-error.js';
import { Compactor } from './compactor.js';
import { DrainDamage, type Passage } from './drain-damage.js';
import { DrainDelivery } from './drain-delivery.js';
import { expire } from './drain-expiry.js';
import { DrainChunk, type DrainGroup } from './drain-group.js';
import { isFirst, lanesToCatchUp } from './drain-lanes.js';
import type { DrainLedger } from './drain-ledger.js';
import { DrainPace } from './drain-pace.js';
import { DrainScan } from './drain-scan.js';
import type { Slot } from './slot.js';
import { decode } from './spooled-message.js';
import { Wakeup } from './wakeup.js';
import { witnessBehind } from './witness-behind.js';

/** What is read and sent in one go: also what may be sent twice after a kill -9, and what the drain holds in memory. */
const CHUNK_BYTES = 1024 * 1024;
const CHUNK_MESSAGES = 2000;
/** Of batches whose answers it does not wait for any longer; beyond that it sends probes. */
const MAX_LATE_BYTES = 4 * CHUNK_BYTES;
/** Between two looks at what waits while nothing could be sent. */
const REST_MS = 500;
const SYNC_EVERY_MS = 1000;
const EXPIRY_EVERY_MS = 60_000;

export interface DrainSettings {
  /** Part of the time in which chunks may be under way. */
  readonly share: number;
  /** Of the slot's running time; Infinity keeps everything. */
  readonly maxAgeMs: number;
  /** Of a slot's log. */
  readonly segmentBytes: number;
}

/** Sends what is stored, in its order, and remembers how far it came. One loop for all slots, oldest first. */
export class Drain {
  readonly #rest = new Wakeup();
  readonly #breather = new Wakeup();
  readonly #unsaved = new Set<Slot>();
  /** Why slots cannot be read. */
  readonly #failures = new Map<Slot, string>();
  readonly #delivery: DrainDelivery;
  readonly #damage: DrainDamage;
  readonly #compactor: Compactor;
  readonly #pace: DrainPace;
  #running: Promise<void> | undefined;
  #stopped = false;
  #lastExpiry = -Infinity;
  #syncedAt = -Infinity;

  constructor(
    private readonly slots: readonly Slot[],
    private readonly way: WayBack,
    private readonly settings: DrainSettings,
    private readonly ledger: DrainLedger,
    private readonly clock: Clock,
    private readonly notice: (message: string) => void,
  ) {
    this.#pace = new DrainPace(settings.share, clock);
    this.#damage = new DrainDamage(ledger, clock);
    this.#compactor = new Compactor(settings.segmentBytes, clock, notice);
    const onLate = (slot: Slot) => {
      this.#unsaved.add(slot);
      this.#rest.wake();
    };
    this.#delivery = new DrainDelivery(way, ledger, onLate, (...held) => witnessBehind(this.slots, ...held, () => this.#stopped));
  }

  /** The last storage problem while reading; undefined when all is well. */
  get failure(): string | undefined {
    for (const slot of this.slots) if (this.#failures.has(slot)) return this.#failures.get(slot);
    return undefined;
  }

  /** Something left in the last round. */
  get isMoving(): boolean {
    return this.#delivery.isMoving;
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
    this.#delivery.isStopped = true;
    this.#rest.wake();
    this.#breather.wake();
    await this.#running;
    // What cannot be saved is put back: over the set itself this would go on for ever.
    const unsaved = Array.from(this.#unsaved);
    for (const slot of unsaved) await this.#save(slot);
  }

  async #run(): Promise<void> {
    while (!this.#stopped) {
      const before = this.#delivery.sent;
      let isTidy = true;
      for (const slot of this.slots) {
        await this.#pass(slot).catch((error: unknown) => this.#failed(slot, error));
        if (this.#unsaved.has(slot)) await this.#save(slot);
        if (!this.#stopped && (await this.#compactor.step(slot))) isTidy = false;
      }
      if (this.#delivery.sent > before) continue;
      this.#delivery.isMoving = false;
      if (this.#stopped || !isTidy) continue;
      await this.#rest.wait(this.#hasWork() ? REST_MS * (0.8 + Math.random() * 0.4) : 3_600_000);
    }
  }

  #hasWork(): boolean {
    // A cursor that could not be saved: nobody else finds out that the disk is well again.
    return this.#unsaved.size > 0 || this.slots.some(({ isCounted, waiting }) => !isCounted || waiting > 0);
  }

  #failed(slot: Slot, error: unknown): void {
    if (!this.#failures.has(slot)) this.notice(`${slot.directory}: cannot read what is stored: ${reasonOf(error)}; trying again`);
    this.#failures.set(slot, reasonOf(error));
  }

  async #pass(slot: Slot): Promise<void> {
    if (slot.isCounted) this.#tellInherited(slot);
    // What could not be read is given up, or was sent since: nobody reads here for now.
    if (slot.isCounted && slot.waiting === 0) this.#failures.delete(slot);
    if (!slot.isCounted || slot.waiting === 0 || this.clock.monotonic() < slot.pages.retryAt) return;
    await this.#expire(slot);
    const lanes = lanesToCatchUp(this.slots, slot, this.way);
    if (lanes.size > 0 && !(await this.#scan(slot, this.#newScan(slot, lanes)))) return;
    if (slot.cursor.next < slot.end && !(await this.#scan(slot, this.#newScan(slot)))) return;
    this.#failures.delete(slot);
    if (!slot.isExhausted || this.#stopped) return;
    this.ledger.lost(slot);
    this.#unsaved.add(slot);
  }

  /** A process that was killed has given up messages, and its cursor is past them: nobody else can tell. */
  #tellInherited(slot: Slot): void {
    const count = slot.inherit();
    if (count === 0) return;
    this.ledger.missing(slot, count);
    this.#unsaved.add(slot);
  }

  #newScan(slot: Slot, lanes?: ReadonlyMap<string, Acceptance>): DrainScan {
    const isFirstOf = (topic: string, partition: number) => isFirst(this.slots, slot, topic, partition);
    const isTight = () => this.#delivery.lateBytes > MAX_LATE_BYTES;
    return new DrainScan(slot, this.way, isFirstOf, lanes && new Set(lanes.keys()), lanes ?? new Map(), isTight);
  }

  /** @returns false when it has to wait for bytes that the disk does not give */
  async #scan(slot: Slot, scan: DrainScan): Promise<boolean> {
    const { from } = scan;
    let next = from;
    const end = slot.end;
    let chunk = new DrainChunk();
    let isBlocked = false;
    const damages: Damage[] = [];
    const options = {
      from: { sequence: from },
      ...(scan.isForward && { mark: slot.mark }),
      // Of what lies before, nothing is looked for.
      onDamage: (damage: Damage) => void ((damage.before ?? Infinity) > from && damages.push(damage)),
      onForeign: (file: string) => slot.cursor.passBy(file),
    };
    for await (const record of slot.log.read(options)) {
      if (this.#stopped || scan.lanes?.size === 0) break;
      isBlocked = damages.length > 0 && !(await this.#mayPass(slot, damages, { from: next, to: record.sequence, isReadable: true }));
      if (isBlocked || record.sequence >= scan.to) break;
      next = record.sequence + 1;
      const spooled = decode(record);
      if (spooled === undefined) {
        if (scan.isForward) this.ledger.unreadable(slot);
        continue;
      }
      const item = { ...spooled, sequence: record.sequence, bytes: record.payload.length };
      if (slot.meet(item)) this.ledger.recovered(1);
      const decision = scan.decide(item);
      if (decision !== undefined) chunk.add(decision, item);
      if (chunk.bytes < CHUNK_BYTES && chunk.count < CHUNK_MESSAGES) continue;
      await this.#send(slot, chunk, scan, next);
      chunk = new DrainChunk();
      scan.newChunk();
    }
    if (this.#stopped) return true;
    const isWhole =
      !isBlocked && (scan.lanes?.size === 0 || (await this.#mayPass(slot, damages, { from: next, to: end, isReadable: false })));
    // What could not be read up to here is damaged, and will not come back.
    if (isWhole && scan.isForward) next = Math.max(next, end);
    await this.#send(slot, chunk, scan, next);
    if (isWhole) for (const lane of scan.lanes ?? []) slot.cursor.behind.delete(lane);
    this.#tellMissing(slot);
    return isWhole;
  }

  /** @returns whether the scan goes on behind what it could not read */
  async #mayPass(slot: Slot, damages: Damage[], where: Passage): Promise<boolean> {
    const reason = await this.#damage.reasonToWait(slot, damages.splice(0), where);
    if (reason !== undefined) this.#failures.set(slot, reason);
    return reason === undefined;
  }

  /** Sends a chunk, waits for it within reason, and moves the cursor to `next`. */
  async #send(slot: Slot, chunk: DrainChunk, scan: DrainScan, next: number): Promise<void> {
    const { cursor } = slot;
    const started = this.clock.monotonic();
    const groups = [...chunk.groups.values()];
    for (const group of groups) cursor.behind.set(group.lane, group.first);
    await this.#delivery.send(slot, chunk);
    for (const group of groups) this.#book(slot, group, scan, next);
    // All that the scan did not send is told by `behind`, so that it may move on.
    for (const lane of scan.lanes ?? []) cursor.behind.set(lane, Math.max(next, cursor.behind.get(lane) ?? 0));
    slot.keepLost();
    if (scan.isForward) this.#moveTo(slot, Math.max(cursor.next, next));
    if (groups.length === 0) return;
    await this.#save(slot);
    if (!this.#stopped) await this.#compactor.step(slot);
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

  #moveTo(slot: Slot, next: number): void {
    slot.cursor.next = next;
    this.#tellMissing(slot);
  }

  #tellMissing(slot: Slot): void {
    if (slot.missing.isEmpty) return;
    const dropped = slot.passed();
    if (dropped > 0) this.ledger.missing(slot, dropped);
    // Its segments are kept for what may be found; and what is told is not to be told again.
    if (slot.missing.isEmpty || dropped > 0) this.#unsaved.add(slot);
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
      await slot.saveCursor(isDurable);
    } catch (error) {
      this.#unsaved.add(slot);
      this.#failed(slot, error);
      // Only what a saved cursor is beyond may be deleted… but a full disk needs the room, and a restart then finds less to repeat.
    }
    await slot.release();
  }

  async #expire(slot: Slot): Promise<void> {
    const { maxAgeMs } = this.settings;
    if (slot.log.oldestAgeMs <= maxAgeMs || this.clock.monotonic() - this.#lastExpiry < EXPIRY_EVERY_MS) return;
    this.#lastExpiry = this.clock.monotonic();
    await expire(slot, maxAgeMs, this.ledger, () => this.#stopped);
    this.#moveTo(slot, slot.cursor.next);
    this.#unsaved.add(slot);
  }
}
