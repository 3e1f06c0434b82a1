import type { WayBack } from '@app/kafka';
import { laneOf } from './drain-cursor.js';
import type { DrainGroup } from './drain-group.js';
import type { Slot } from './slot.js';

/** So few are sent in a moment: new messages can wait for them. */
const FEW = 1000;

/**
 * The end of a drain. While new messages of a partition go behind the stored ones there are always some left, at a high
 * rate for ever. So when few are left, new ones wait in the batcher until those are delivered, and go on directly.
 */
export class Handover {
  readonly #lanes = new Map<string, { readonly topic: string; readonly partition: number }>();

  constructor(
    private readonly slots: readonly Slot[],
    private readonly own: Slot,
    private readonly way: WayBack,
  ) {}

  get isBusy(): boolean {
    return this.#lanes.size > 0;
  }

  /** How many wait in all. */
  get left(): number {
    return this.slots.reduce((sum, { waiting }) => sum + waiting, 0);
  }

  has(topic: string, partition: number): boolean {
    return this.#lanes.size > 0 && this.#lanes.has(laneOf(topic, partition));
  }

  /** A group was sent. `wentWell`: all of it, without making the drain wait. */
  sent({ lane, topic, partition }: DrainGroup, wentWell: boolean): void {
    if (!wentWell) return this.#surrender(lane);
    const left = this.#left(topic, partition);
    if (left > 0 && left <= FEW && !this.#isElsewhere(topic, partition)) this.#lanes.set(lane, { topic, partition });
    this.check(topic);
  }

  /** Messages of a topic left the spool: partitions of which nothing is stored any more are released. */
  check(topic: string): void {
    for (const [lane, one] of this.#lanes) {
      if (one.topic !== topic || this.#left(topic, one.partition) > 0) continue;
      this.#lanes.delete(lane);
      this.way.release(topic, one.partition);
    }
  }

  checkAll(): void {
    for (const { topic } of this.#lanes.values()) this.check(topic);
  }

  /** More is stored: what follows has to go behind it. What waits is already on its way to the store, in its order. */
  end(topic: string, partition: number | undefined): void {
    if (this.#lanes.size === 0) return;
    if (partition !== undefined) return this.#surrender(laneOf(topic, partition));
    for (const [lane, one] of this.#lanes) if (one.topic === topic) this.#surrender(lane);
  }

  #surrender(lane: string): void {
    const one = this.#lanes.get(lane);
    if (one === undefined) return;
    this.#lanes.delete(lane);
    this.way.surrender(one.topic, one.partition);
  }

  #left(topic: string, partition: number): number {
    return this.slots.reduce((sum, { lanes }) => sum + lanes.ahead(topic, partition), 0);
  }

  #isElsewhere(topic: string, partition: number): boolean {
    return this.slots.some((slot) => slot !== this.own && slot.lanes.ahead(topic, partition) > 0);
  }
}
