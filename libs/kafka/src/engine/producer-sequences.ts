import type { BatchIdentity } from '../records/record-batch.js';
import type { PartitionBatch, PartitionOutcome } from './producer-engine.js';

export interface ProducerId {
  readonly producerId: bigint;
  readonly producerEpoch: number;
}

interface PartitionSequence {
  producer: ProducerId | undefined;
  /** It has had a producer id before. */
  begun: boolean;
  next: number;
  /** The batch that the sequence from `next` was given to, until its fate is known. */
  held: PartitionBatch | undefined;
  /** The held batch may have been written. */
  unsure: boolean;
}

const NOT_IDEMPOTENT: ProducerId = { producerId: -1n, producerEpoch: -1 };
const SEQUENCES = 2 ** 31;

/**
 * The sequence numbers that let brokers tell a resent batch from a new one.
 *
 * A batch keeps its numbers until its fate is known: resent, the broker recognises it, whether or not the first
 * attempt was written. If a batch that may have been written is given up, the numbers that follow are unknown;
 * guessing them would make the broker take a *new* batch for a copy and acknowledge it unwritten. That partition
 * (no other) then begins anew under a producer id of its own.
 */
export class ProducerSequences {
  readonly #partitions = new Map<string, PartitionSequence>();
  #shared: Promise<ProducerId> | undefined;

  constructor(private readonly newProducer: () => Promise<ProducerId>) {}

  /** Fetches the first producer id ahead of the first batch: a young cluster may take a second to give one. */
  prepare(): void {
    this.#sharedProducer().catch(() => undefined);
  }

  /** Numbers for a batch; the same batch gets the same ones again. Rejects when no producer id is to be had. */
  async claim(batch: PartitionBatch): Promise<BatchIdentity> {
    const sequence = this.#of(batch);
    if (sequence.unsure && sequence.held !== batch) forget(sequence);
    if (sequence.producer === undefined) {
      // Never the shared id again where one was lost: the broker may remember its first numbers.
      sequence.producer = await (sequence.begun ? this.newProducer() : this.#sharedProducer());
      sequence.begun = true;
      sequence.next = 0;
    }
    sequence.held = batch;
    const { timestamp, bounds } = batch;
    return { timestamp, bounds, ...sequence.producer, baseSequence: sequence.next };
  }

  /** Takes note of what became of a batch. Returns the outcome, ambiguous also when an *earlier* attempt was. */
  settle(batch: PartitionBatch, outcome: PartitionOutcome, sequenceLost: boolean): PartitionOutcome {
    const sequence = this.#of(batch);
    if (outcome.ok) {
      sequence.next = (sequence.next + batch.records.length) % SEQUENCES;
      sequence.held = undefined;
      sequence.unsure = false;
      return outcome;
    }
    const ambiguous = outcome.ambiguous || sequence.unsure;
    if (sequenceLost) forget(sequence);
    else {
      sequence.unsure = ambiguous;
      if (!ambiguous) sequence.held = undefined;
    }
    return ambiguous === outcome.ambiguous ? outcome : { ...outcome, ambiguous };
  }

  /** All partitions share the first producer id: one question at the start, not one a partition. */
  #sharedProducer(): Promise<ProducerId> {
    this.#shared ??= this.newProducer().catch((error: unknown) => {
      this.#shared = undefined;
      throw error;
    });
    return this.#shared;
  }

  #of({ topic, partition }: PartitionBatch): PartitionSequence {
    const key = `${topic}/${partition}`;
    let sequence = this.#partitions.get(key);
    if (sequence === undefined) {
      sequence = { producer: undefined, begun: false, next: 0, held: undefined, unsure: false };
      this.#partitions.set(key, sequence);
    }
    return sequence;
  }
}

function forget(sequence: PartitionSequence): void {
  sequence.producer = undefined;
  sequence.held = undefined;
  sequence.unsure = false;
}

/** The identity of a batch without idempotence. */
export const anonymous = ({ timestamp, bounds }: PartitionBatch): BatchIdentity => ({
  timestamp,
  bounds,
  ...NOT_IDEMPOTENT,
  baseSequence: -1,
});
