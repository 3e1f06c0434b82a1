import { partitionOf } from '../murmur2.js';
import type { ProducedMessage } from '../produced-message.js';
import type { Entry } from './delivery.js';
import { PartitionQueue } from './partition-queue.js';

/** The queues of one topic, and the messages that wait for its partitions to be known. */
export class TopicQueues {
  /** Oldest first. */
  unplaced: Entry[] = [];
  /** Some of them have waited too long for the partitions to be known: the next ones need not. */
  isAway = false;
  readonly #queues: PartitionQueue[] = [];
  /** Where messages without a key go until that partition's next batch leaves. */
  #sticky: number | undefined;

  constructor(
    readonly topic: string,
    private readonly maxBatchBytes: number,
  ) {}

  queue(partition: number): PartitionQueue {
    return (this.#queues[partition] ??= new PartitionQueue(this.topic, partition, this.maxBatchBytes));
  }

  /** Those that have ever been used. */
  get queues(): readonly PartitionQueue[] {
    return this.#queues.filter((queue) => queue !== undefined);
  }

  /** The partition for a message; undefined when it asks for one that does not exist. */
  place({ key, partition }: ProducedMessage, leaders: readonly number[]): number | undefined {
    if (partition !== undefined) return partition >= 0 && partition < leaders.length ? partition : undefined;
    if (key !== null) return partitionOf(key, leaders.length);
    return (this.#sticky ??= this.#pick(leaders));
  }

  /** A batch left for this partition: messages without a key choose anew. */
  taken(partition: number): void {
    if (partition === this.#sticky) this.#sticky = undefined;
  }

  /** Any partition will do that has a leader and no trouble; all are equally likely. */
  #pick(leaders: readonly number[]): number {
    const all = leaders.map((_, partition) => partition);
    const well = all.filter((partition) => leaders[partition] >= 0 && (this.#queues[partition]?.attempts ?? 0) === 0);
    const from = well.length > 0 ? well : all;
    return from[Math.floor(Math.random() * from.length)];
  }
}
