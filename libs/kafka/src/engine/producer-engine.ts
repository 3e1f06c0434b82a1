import type { BatchRecord } from '../records/record-batch.js';
import type { TimeBounds } from './time-bounds.js';

/** What goes to one partition in one record batch. The same object again means: the same batch, resent. */
export interface PartitionBatch {
  readonly topic: string;
  readonly partition: number;
  /** Node id of the partition's leader, as the metadata told. */
  readonly leader: number;
  readonly records: readonly BatchRecord[];
  /** Unix milliseconds, for records that name no time; -1 for none. */
  readonly timestamp: number;
  /** Where all times have to be, if that is known. */
  readonly bounds?: TimeBounds | undefined;
}

/**
 * Kafka's codes come down to these (`error-table.ts`).
 *
 * - `too_large`: the broker will never take this batch; a smaller one perhaps.
 * - `invalid`: a record of it is not what the topic takes.
 * - `bad_time`: the broker's clock is not ours; with another time it is taken.
 * - `retryable`: later, or elsewhere, it may succeed.
 * - `unlisted`: the same, unless it is about a single record, which nobody can say.
 * - `local`: it failed in this process, and no broker is to blame.
 */
export type RefusalKind = 'too_large' | 'invalid' | 'bad_time' | 'retryable' | 'unlisted' | 'local';

export type PartitionOutcome =
  | { readonly ok: true; readonly baseOffset: bigint }
  | {
      readonly ok: false;
      readonly kind: RefusalKind;
      /** True when the batch may have been written all the same: the answer was lost, or came too late. */
      readonly ambiguous: boolean;
      /** Kafka's name of the error (`NOT_LEADER_OR_FOLLOWER`), or the network's (`ECONNREFUSED`). */
      readonly error: string;
      /** False when no broker answered at all: it is the connection that is broken, unless it failed here. */
      readonly answered: boolean;
      /** Of `bad_time`: what the broker takes, if it said so. */
      readonly bounds?: TimeBounds | undefined;
      /** Of `local`: what went wrong. */
      readonly detail?: string;
    };

export type TopicMetadata = { readonly leaders: readonly number[] } | { readonly error: string };

export interface ClusterMetadata {
  readonly brokers: readonly { readonly id: number; readonly address: string }[];
  /** `leaders[partition]` is a node id, or -1 while the partition has none. */
  readonly topics: ReadonlyMap<string, TopicMetadata>;
}

/** How much this machine's clock is before that of the cluster's controller; or why nobody knows. */
export type ClusterClock = { readonly skewMs: number } | { readonly error: string };

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

  /** How much this machine's clock is before the cluster's. Some clients cannot ask. */
  clusterClock(): Promise<ClusterClock> {
    return Promise.resolve({ error: 'not told' });
  }

  /**
   * Asks a broker something small, on a connection that carries nothing else. Rejects when it cannot be asked.
   *
   * @returns undefined where the client has no way to ask
   */
  ping(_leader: number): Promise<void> | undefined {
    return undefined;
  }

  abstract close(): Promise<void>;
}
