import type { Acceptance, WayBack } from '@app/kafka';
import { laneOf, wholeTopic } from './drain-cursor.js';
import type { DrainItem, Target } from './drain-group.js';
import type { Slot } from './slot.js';

/** What the scan does with a message: send it, or leave it where it is. */
export type Decision = Target | undefined;

/**
 * Decides on the messages of a slot, in their order. A first scan goes forward and leaves *behind* what cannot be sent;
 * a scan of given lanes goes over the same ground again for those alone.
 */
export class DrainScan {
  /** What is known of lanes within one chunk: a circuit that opens or closes meanwhile is seen by the next one. */
  #accepted: Map<string, Acceptance>;

  constructor(
    private readonly slot: Slot,
    private readonly way: WayBack,
    private readonly isFirst: (topic: string, partition: number) => boolean,
    /** Lanes to catch up with; undefined for the scan that goes forward. */
    readonly lanes: Set<string> | undefined,
    accepted: ReadonlyMap<string, Acceptance>,
    /** Much waits for its answer already: of any lane no more than a probe. */
    private readonly isTight: () => boolean = () => false,
  ) {
    this.#accepted = new Map(accepted);
  }

  get isForward(): boolean {
    return this.lanes === undefined;
  }

  get from(): number {
    const { cursor } = this.slot;
    if (this.lanes === undefined) return cursor.next;
    let from = cursor.next;
    for (const lane of this.lanes) from = Math.min(from, cursor.behind.get(lane) ?? from);
    return from;
  }

  get to(): number {
    return this.lanes === undefined ? this.slot.end : this.slot.cursor.next;
  }

  newChunk(): void {
    this.#accepted = new Map();
  }

  decide(item: DrainItem): Decision {
    const { topic } = item.message;
    const { behind, partitions } = this.slot.cursor;
    const whole = wholeTopic(topic);
    if (item.partition === undefined && !partitions.has(topic)) {
      const count = this.way.partitions(topic);
      if (count !== undefined) partitions.set(topic, count);
    }
    const partition = this.slot.placeOf(item, item.sequence);
    const lane = partition === undefined ? whole : laneOf(topic, partition);
    if (!this.#isDue(item.sequence, lane, whole)) return undefined;
    if (partition !== undefined) {
      const target = existing(this.way, topic, partition);
      const acceptance = this.#acceptance(topic, target, lane);
      if (acceptance !== 'no') return { lane, partition: target, isProbe: acceptance === 'probe' || this.isTight() };
    }
    if (!behind.has(lane) || behind.get(lane)! > item.sequence) behind.set(lane, item.sequence);
    this.lanes?.delete(lane);
    return undefined;
  }

  #isDue(sequence: number, lane: string, whole: string): boolean {
    const { behind } = this.slot.cursor;
    if (this.lanes === undefined) return !behind.has(whole) && !behind.has(lane);
    const topicFrom = behind.get(whole);
    const laneFrom = behind.get(lane) ?? Infinity;
    const isTopicDue = topicFrom !== undefined && sequence >= topicFrom;
    // Its lane has older messages that this scan is not for.
    if (sequence > laneFrom && !this.lanes.has(lane)) return false;
    return isTopicDue ? this.lanes.has(whole) : this.lanes.has(lane) && sequence >= laneFrom;
  }

  #acceptance(topic: string, partition: number, lane: string): Acceptance {
    let acceptance = this.#accepted.get(lane);
    if (acceptance === undefined) {
      const isBlocked = this.slot.unresolved.has(lane) || !this.isFirst(topic, partition);
      acceptance = isBlocked ? 'no' : this.way.accepts(topic, partition);
      this.#accepted.set(lane, acceptance);
    }
    return acceptance;
  }
}

/** A topic that was deleted and made again may have fewer partitions. */
export function existing(way: WayBack, topic: string, partition: number): number {
  const count = way.partitions(topic);
  return count !== undefined && partition >= count ? partition % count : partition;
}
