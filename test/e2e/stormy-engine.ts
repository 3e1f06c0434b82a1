import { setTimeout as sleep } from 'node:timers/promises';
import { ProducerEngine, type PartitionBatch, type PartitionOutcome } from '@app/kafka';
import type { SeededRandom } from '@app/testing';

type Metadata = Awaited<ReturnType<ProducerEngine['metadata']>>;
type Weather = 'fair' | 'refuses' | 'gone' | 'frozen' | 'late';

const ok: PartitionOutcome = { ok: true, baseOffset: 0n };
const failed = (error: string, ambiguous: boolean, answered: boolean): PartitionOutcome => ({
  ok: false,
  kind: 'retryable',
  error,
  ambiguous,
  answered,
});

/** Three brokers in memory whose weather changes: they refuse, are gone, freeze, or write what they said they had not. */
export class StormyEngine extends ProducerEngine {
  /** Values as they were written, by partition. */
  readonly written: string[][] = [[], [], [], [], [], []];
  readonly #weather: Weather[] = ['fair', 'fair', 'fair'];
  /** A batch is written once, however often it is resent: idempotence. */
  readonly #known = new Set<PartitionBatch>();
  /** Batches under way, and the most of one partition there ever were. */
  readonly #open = [0, 0, 0, 0, 0, 0];
  mostInFlight = 0;

  constructor(
    private readonly topic: string,
    private readonly random: SeededRandom,
  ) {
    super();
  }

  /** One broker's weather changes. */
  turn(): void {
    this.#weather[this.random.int(3)] = this.random.pick(['fair', 'fair', 'refuses', 'gone', 'frozen', 'late']);
  }

  clear(): void {
    this.#weather.fill('fair');
  }

  metadata(topics: readonly string[]): Promise<Metadata> {
    if (this.#weather.every((one) => one === 'gone' || one === 'frozen')) return Promise.reject(new Error('ECONNREFUSED'));
    const known = { leaders: this.written.map((_, partition) => partition % 3) };
    return Promise.resolve({
      brokers: [0, 1, 2].map((id) => ({ id, address: `broker-${id}:9092` })),
      topics: new Map(topics.map((topic) => [topic, topic === this.topic ? known : { error: 'UNKNOWN_TOPIC_OR_PARTITION' }])),
    });
  }

  produce(batches: readonly PartitionBatch[]): Promise<readonly PartitionOutcome[]> {
    return Promise.all(batches.map((batch) => this.#produce(batch)));
  }

  async #produce(batch: PartitionBatch): Promise<PartitionOutcome> {
    this.mostInFlight = Math.max(this.mostInFlight, ++this.#open[batch.partition]);
    const outcome = await this.#answer(batch);
    this.#open[batch.partition]--;
    return outcome;
  }

  async #answer(batch: PartitionBatch): Promise<PartitionOutcome> {
    const weather = this.#weather[batch.leader];
    switch (weather) {
      case 'fair':
        await sleep(1 + this.random.int(8));
        this.#write(batch);
        return ok;
      case 'refuses':
        await sleep(2);
        return failed('NOT_ENOUGH_REPLICAS', false, true);
      case 'gone':
        return failed('ECONNREFUSED', false, false);
      case 'frozen':
        while (this.#weather[batch.leader] === 'frozen') await sleep(20);
        if (this.random.int(2) === 0) return failed('Connection closed', true, false);
        this.#write(batch);
        return ok;
      case 'late':
        // It is in the broker's socket: written after all, when nobody expects it any more.
        setTimeout(() => this.#write(batch), 50 + this.random.int(300));
        await sleep(10);
        return failed('Request timed out', true, false);
      default:
        return weather satisfies never;
    }
  }

  #write(batch: PartitionBatch): void {
    if (this.#known.has(batch)) return;
    this.#known.add(batch);
    for (const { message } of batch.records) this.written[batch.partition].push(String(message.value));
  }

  createTopics(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }
}
