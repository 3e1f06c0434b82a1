import type { BatchRecord } from '../records/record-batch.js';

/** What goes to one partition in one record batch. The same object again means: the same batch, resent. */
export interface PartitionBatch {
  readonly topic: string;
  readonly partition: number;
  /** Node id of the partition's leader, as the metadata told. */
  readonly leader: number;
  readonly records: readonly BatchRecord[];
  /** Unix milliseconds, for records that name no time. */
  readonly timestamp: number;
}

/**
 * - `too_large`: the broker will never take this batch; a smaller one perhaps.
 * - `retryable`: later, or elsewhere, it may succeed.
 * - `fatal`: this batch will be refused again (no permission, invalid record).
 */
export type RefusalKind = 'too_large' | 'retryable' | 'fatal';

export type PartitionOutcome =
  | { readonly ok: true; readonly baseOffset: bigint }
  | {
      readonly ok: false;
      readonly kind: RefusalKind;
      /** True when the batch may have been written all the same: the answer was lost, or came too late. */
      readonly ambiguous: boolean;
      /** Kafka's name of the error (`NOT_LEADER_OR_FOLLOWER`), or the network's (`ECONNREFUSED`). */
      readonly error: string;
      /** False when no broker answered at all: it is the connection that is broken. */
      readonly answered: boolean;
    };

export type TopicMetadata = { readonly leaders: readonly number[] } | { readonly error: string };

export interface ClusterMetadata {
  readonly brokers: readonly { readonly id: number; readonly address: string }[];
  /** `leaders[partition]` is a node id, or -1 while the partition has none. */
  readonly topics: ReadonlyMap<string, TopicMetadata>;
}

export interface NewTopic {
  readonly topic: string;
  /** -1 for the cluster's default. */
  readonly partitions: number;
  readonly replication: number;
}

/**
 * A Kafka client reduced to what the batcher needs. It never retries, never reorders and never splits: that is the
 * batcher's work, and two masters would undo each other's order. Acknowledgement is always by all replicas.
 */
export abstract class ProducerEngine {
  /** Asks the brokers now. Rejects when none answers; a topic's own error is a value. */
  abstract metadata(topics: readonly string[]): Promise<ClusterMetadata>;

  /**
   * Sends batches of *one leader*, at most one a partition, and resolves when their request has truly ended, with an
   * outcome for each in the same order. Never rejects.
   */
  abstract produce(batches: readonly PartitionBatch[]): Promise<readonly PartitionOutcome[]>;

  /** Creates topics; those that exist already are no error. Rejects with the broker's reason. */
  abstract createTopics(topics: readonly NewTopic[]): Promise<void>;

  abstract close(): Promise<void>;
}
