import {
  ProducerEngine,
  type ClusterClock,
  type ClusterMetadata,
  type NewTopic,
  type PartitionBatch,
  type PartitionOutcome,
  type RefusalKind,
} from '../engine/producer-engine.js';

export const ok: PartitionOutcome = { ok: true, baseOffset: 0n };

export function refused(kind: RefusalKind, error = 'NOT_LEADER_OR_FOLLOWER', ambiguous = false): PartitionOutcome {
  return { ok: false, kind, error, ambiguous, answered: true };
}

type Answer = (batch: PartitionBatch) => PartitionOutcome | Promise<PartitionOutcome>;

/** A cluster in memory: a topic is a list of leaders, a partition is what was written to it. */
export class FakeEngine extends ProducerEngine {
  /** `leaders[partition]` by topic. */
  topics: Record<string, number[]> = { events: [1] };
  /** What a broker says to a batch; accepts by default. */
  answer: Answer = () => ok;
  /** Every request, as the batches it held. */
  readonly requests: PartitionBatch[][] = [];
  /** Values in the order they were written, by `topic/partition`. */
  readonly written = new Map<string, string[]>();
  down = false;
  clock: ClusterClock = { error: 'not told' };
  readonly #open = new Map<string, number>();
  /** Most batches that one partition ever had in flight. */
  mostInFlight = 0;

  metadata(topics: readonly string[]): Promise<ClusterMetadata> {
    if (this.down) return Promise.reject(new Error('ECONNREFUSED'));
    const leaders = Object.values(this.topics).flat();
    return Promise.resolve({
      brokers: [...new Set(leaders)].filter((id) => id >= 0).map((id) => ({ id, address: `broker${id}:9092` })),
      topics: new Map(
        topics.map((topic) => [
          topic,
          this.topics[topic] === undefined ? { error: 'UNKNOWN_TOPIC_OR_PARTITION' } : { leaders: [...this.topics[topic]] },
        ]),
      ),
    });
  }

  async produce(batches: readonly PartitionBatch[]): Promise<readonly PartitionOutcome[]> {
    this.requests.push([...batches]);
    return Promise.all(batches.map((batch) => this.#write(batch)));
  }

  override clusterClock(): Promise<ClusterClock> {
    return Promise.resolve(this.clock);
  }

  createTopics(topics: readonly NewTopic[]): Promise<void> {
    for (const { topic, partitions } of topics) this.topics[topic] ??= new Array<number>(Math.max(1, partitions)).fill(1);
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  values(place = 'events/0'): string[] {
    return this.written.get(place) ?? [];
  }

  async #write(batch: PartitionBatch): Promise<PartitionOutcome> {
    const place = `${batch.topic}/${batch.partition}`;
    const open = (this.#open.get(place) ?? 0) + 1;
    this.#open.set(place, open);
    this.mostInFlight = Math.max(this.mostInFlight, open);
    const outcome = await this.answer(batch);
    this.#open.set(place, this.#open.get(place)! - 1);
    if (outcome.ok) this.written.set(place, [...this.values(place), ...valuesOf(batch)]);
    return outcome;
  }
}

export const valuesOf = (batch: PartitionBatch): string[] => batch.records.map(({ message }) => String(message.value));
