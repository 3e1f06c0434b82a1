import type { ProducedMessage } from '@app/kafka';
import type { SpooledMessage } from './spooled-message.js';
import { Witnesses } from './witnesses.js';

const PROBE_BYTES = 64 * 1024;
const PROBE_MESSAGES = 20;

export interface DrainItem extends SpooledMessage {
  readonly sequence: number;
  /** Of the record's payload. */
  readonly bytes: number;
}

/** Messages of one partition that are sent together. */
export class DrainGroup {
  readonly items: DrainItem[] = [];
  /** Of its messages. */
  bytes = 0;
  /** Its fate is known. */
  isSettled = false;
  /** The first message that must be sent again, if any. */
  keptFrom: number | undefined;
  /** The first message of the lane that did not go into a probe. */
  rest: number | undefined;

  constructor(
    readonly lane: string,
    readonly topic: string,
    readonly partition: number,
  ) {}

  get first(): number {
    return this.items[0].sequence;
  }

  /** Where its lane goes on, if that is not behind the chunk. */
  get left(): number | undefined {
    return this.keptFrom ?? this.rest;
  }

  get last(): number {
    return this.items[this.items.length - 1].sequence;
  }

  /** A message to try its partition with when that at `index` is refused, of those that come after it here. */
  witnessFor(index: number): DrainItem | undefined {
    const witnesses = new Witnesses(this.items[index]);
    for (let i = index + 1; i < this.items.length && !witnesses.areEnough; i++) witnesses.see(this.items[i]);
    return witnesses.any;
  }

  get messages(): ProducedMessage[] {
    return this.items.map(({ message }) => message);
  }
}

/** What is read is a view of its window: kept as it is, an event of 400 bytes would hold 256 KiB. */
function owned(item: DrainItem): DrainItem {
  const { value } = item.message;
  if (value === null) return item;
  const copy = Buffer.allocUnsafeSlow(value.length);
  copy.set(value);
  return { ...item, message: { ...item.message, value: copy } };
}

/** Where messages go now. */
export interface Target {
  readonly lane: string;
  readonly partition: number;
  /** Nobody knows whether they arrive: few will do. */
  readonly isProbe: boolean;
}

/** What is read in one go and sent side by side, a group a partition. */
export class DrainChunk {
  readonly groups = new Map<string, DrainGroup>();
  bytes = 0;
  count = 0;

  get isEmpty(): boolean {
    return this.count === 0;
  }

  /** Copies what it keeps. */
  add({ lane, partition, isProbe }: Target, item: DrainItem): void {
    let group = this.groups.get(lane);
    if (group === undefined) this.groups.set(lane, (group = new DrainGroup(lane, item.message.topic, partition)));
    if (isProbe && (group.items.length >= PROBE_MESSAGES || group.bytes >= PROBE_BYTES)) group.rest ??= item.sequence;
    if (group.rest !== undefined) return;
    group.items.push(owned(item));
    group.bytes += item.bytes;
    this.bytes += item.bytes;
    this.count++;
  }
}
