import type { WayBack } from '@app/kafka';
import type { DrainChunk, DrainGroup, DrainItem } from './drain-group.js';
import type { DrainLedger } from './drain-ledger.js';
import type { Slot } from './slot.js';
import { Wakeup } from './wakeup.js';

/** A batch without an answer for this long no longer holds up the others. */
const PATIENCE_MS = 1000;

/** Sends the groups of a chunk side by side and says what becomes of each message. */
export class DrainDelivery {
  /** Messages that left, ever. */
  sent = 0;
  /** Something left in the last round. */
  isMoving = false;
  isStopped = false;
  /** Without an answer for longer than the drain waits. */
  readonly #late = new Set<DrainGroup>();

  constructor(
    private readonly way: WayBack,
    private readonly ledger: DrainLedger,
    /** A group has its fate that the drain went on without. */
    private readonly onLate: (slot: Slot) => void,
    /** A message of the same partition that waits further behind. */
    private readonly witnessBehind: (slot: Slot, group: DrainGroup, item: DrainItem) => Promise<DrainItem | undefined>,
  ) {}

  /** Returns when all groups have their fate, or within a second; those that have none by then are not `isSettled`. */
  async send(slot: Slot, chunk: DrainChunk): Promise<void> {
    const groups = [...chunk.groups.values()];
    const sending = groups.map((group) => this.#sendGroup(slot, group));
    if (sending.length === 0) return;
    const patience = new Wakeup();
    await Promise.race([Promise.all(sending), patience.wait(PATIENCE_MS)]);
    patience.wake();
    for (const group of groups) if (!group.isSettled) this.#late.add(group);
  }

  /** Of messages that the drain does not wait for any longer. */
  get lateBytes(): number {
    let sum = 0;
    for (const { bytes } of this.#late) sum += bytes;
    return sum;
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
        this.sent++;
        continue;
      }
      group.keptFrom = item.sequence;
      break;
    }
    group.isSettled = true;
    this.#late.delete(group);
    if (!slot.unresolved.delete(group.lane)) return;
    // The drain went on without it: from here its lane is caught up with.
    slot.cursor.behind.set(group.lane, group.left ?? group.last + 1);
    this.ledger.settled(group, false);
    this.onLate(slot);
  }

  #left(slot: Slot, group: DrainGroup, item: DrainItem): void {
    this.sent++;
    this.isMoving = true;
    this.ledger.drained(slot, group, item);
  }

  /**
   * A message was refused again and again, for a reason that may be anybody's. If its partition takes another one
   * meanwhile, a copy of one that comes later, and refuses this one still, it is at fault and is parked.
   */
  async #isSettledAside(slot: Slot, group: DrainGroup, index: number): Promise<boolean> {
    const item = group.items[index];
    const witness = group.witnessFor(index) ?? (await this.witnessBehind(slot, group, item));
    if (witness === undefined || this.isStopped) return false;
    const tried = await this.way.redeliver(group.topic, group.partition, [witness.message]);
    if (tried.failures.length > 0 || this.isStopped) return false;
    const [again] = (await this.way.redeliver(group.topic, group.partition, [item.message])).failures;
    if (again === undefined) {
      this.#left(slot, group, item);
      return true;
    }
    if (again.kind !== 'undelivered' || !again.alone || !(await this.ledger.park(slot, item, again.reason))) return false;
    this.sent++;
    return true;
  }
}
