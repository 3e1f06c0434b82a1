import type { Clock } from '@app/event';
import type { PartitionOutcome, ProducerEngine } from '../engine/producer-engine.js';
import { failedHere } from '../engine/refusal.js';
import type { KafkaHealth } from '../kafka-health.js';
import type { KafkaMetrics } from '../kafka-metrics.js';
import type { Lane } from '../topic-settings.js';
import { BrokerWatch } from './broker-watch.js';
import type { OutgoingBatch } from './partition-queue.js';

/** Brokers take requests of up to 100 MiB (`socket.request.max.bytes`); smaller ones keep a slow partition from holding up others. */
const MAX_REQUEST_BYTES: Readonly<Record<Lane, number>> = {
  events: 16 * 1024 * 1024,
  // All of a request is put together in one go: a millisecond for so much.
  recordings: 2 * 1024 * 1024,
  ai: 2 * 1024 * 1024,
};

/** Puts batches of one leader on the wire, and tells health and metrics how that went. */
export class LeaderSender {
  readonly #watch: BrokerWatch;
  #onSilent: (leader: number) => void = () => {};

  constructor(
    private readonly engine: ProducerEngine,
    private readonly clock: Clock,
    private readonly health: KafkaHealth,
    private readonly metrics: KafkaMetrics,
    private readonly laneOf: (topic: string) => Lane = () => 'events',
  ) {
    this.#watch = new BrokerWatch(
      clock,
      (leader) => engine.ping(leader),
      (leader) => this.#onSilent(leader),
    );
  }

  /** Calls `listener` when a broker with requests under way answers nothing at all, long before they are too late. */
  onSilent(listener: (leader: number) => void): void {
    this.#onSilent = listener;
  }

  /** Calls `ended` once for each request that the batches are split into; none holds batches of two lanes. */
  send(batches: readonly OutgoingBatch[], ended: (batches: readonly OutgoingBatch[], outcomes: readonly PartitionOutcome[]) => void): void {
    const lanes = Map.groupBy(batches, ({ topic }) => this.laneOf(topic));
    const parts = [...lanes].flatMap(([lane, ofLane]) => splitRequest(ofLane, MAX_REQUEST_BYTES[lane]));
    for (const part of parts) void this.#send(part).then((outcomes) => ended(part, outcomes));
  }

  async #send(batches: readonly OutgoingBatch[]): Promise<readonly PartitionOutcome[]> {
    const started = this.clock.monotonic();
    const { leader } = batches[0];
    this.#watch.sent(leader);
    const outcomes = await this.engine.produce(batches).catch((error: unknown) => batches.map(() => failedHere(error, true)));
    this.#watch.ended(
      leader,
      outcomes.some((outcome) => outcome.ok || outcome.answered),
    );
    this.#observe(batches, outcomes, (this.clock.monotonic() - started) / 1000);
    return outcomes;
  }

  #observe(batches: readonly OutgoingBatch[], outcomes: readonly PartitionOutcome[], seconds: number): void {
    const { leader } = batches[0];
    outcomes.forEach((outcome, i) => {
      const { topic, records, bytes } = batches[i];
      this.metrics.ackSeconds(topic, outcome.ok ? 'ok' : 'error', seconds);
      if (outcome.ok) this.metrics.produced(topic, records.length, bytes);
      else this.metrics.produceError(topic, outcome.error);
      if (outcome.ok || outcome.answered) this.health.answered(leader);
      else if (outcome.kind !== 'local') this.health.silent(leader, outcome.error);
    });
  }
}

function splitRequest(batches: readonly OutgoingBatch[], maxBytes: number): OutgoingBatch[][] {
  const requests: OutgoingBatch[][] = [];
  let bytes = Infinity;
  for (const batch of batches) {
    bytes += batch.bytes;
    if (bytes > maxBytes) {
      requests.push([]);
      bytes = batch.bytes;
    }
    requests.at(-1)!.push(batch);
  }
  return requests;
}
