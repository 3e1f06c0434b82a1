import type { ProducedMessage } from '@app/kafka';
import type { SpooledMessage } from './spooled-message.js';

export interface DrainItem extends SpooledMessage {
  readonly sequence: number;
  /** Of the record's payload. */
  readonly bytes: number;
}

/** Messages of one partition that are sent together. */
export class DrainGroup {
  readonly items: DrainItem[] = [];
  /** Its fate is known. */
  isSettled = false;
  /** The first message that must be sent again, if any. */
  keptFrom: number | undefined;

  constructor(
    readonly lane: string,
    readonly topic: string,
    readonly partition: number,
  ) {}

  get first(): number {
    return this.items[0].sequence;
  }

  get last(): number {
    return this.items[this.items.length - 1].sequence;
  }

  get messages(): ProducedMessage[] {
    return this.items.map(({ message }) => message);
  }
}

/** What is read in one go and sent side by side, a group a partition. */
export class DrainChunk {
  readonly groups = new Map<string, DrainGroup>();
  bytes = 0;
  count = 0;

  get isEmpty(): boolean {
    return this.count === 0;
  }

  add(lane: string, partition: number, item: DrainItem): void {
    let group = this.groups.get(lane);
    if (group === undefined) this.groups.set(lane, (group = new DrainGroup(lane, item.message.topic, partition)));
    group.items.push(item);
    this.bytes += item.bytes;
    this.count++;
  }
}
