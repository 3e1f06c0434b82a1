import { Clock } from '@app/event';
import type { ClusterMetadata } from './engine/producer-engine.js';

export interface BrokerHealth {
  readonly id: number;
  readonly address: string;
  readonly reachable: boolean;
  /** What its last failure was, while it is not reachable. */
  readonly error: string | undefined;
}

export interface KafkaHealthReport {
  /** Some broker answered the last question put to the cluster. */
  readonly reachable: boolean;
  /** Milliseconds since any broker last answered; undefined before the first time. */
  readonly lastContactAgoMs: number | undefined;
  readonly brokers: readonly BrokerHealth[];
  /** Messages given up since the start: reported to their senders as not accepted, or handed to the store. */
  readonly undelivered: number;
}

/**
 * What is known of the brokers from real traffic. `ClientKafka.status` stays "connected" long after a broker died;
 * this is changed by answers and failures alone.
 */
export class KafkaHealth {
  #lastContact: number | undefined;
  #reachable = false;
  #undelivered = 0;
  readonly #brokers = new Map<number, { address: string; error: string | undefined }>();
  readonly #listeners: ((reachable: boolean) => void)[] = [];

  constructor(private readonly clock: Clock) {}

  report(): KafkaHealthReport {
    return {
      reachable: this.#reachable,
      lastContactAgoMs: this.#lastContact === undefined ? undefined : Math.round(this.clock.monotonic() - this.#lastContact),
      brokers: [...this.#brokers].map(([id, { address, error }]) => ({ id, address, reachable: error === undefined, error })),
      undelivered: this.#undelivered,
    };
  }

  onChange(listener: (reachable: boolean) => void): void {
    this.#listeners.push(listener);
  }

  /** The cluster told who belongs to it. */
  cluster({ brokers }: ClusterMetadata): void {
    const known = new Map(this.#brokers);
    this.#brokers.clear();
    for (const { id, address } of brokers) this.#brokers.set(id, { address, error: known.get(id)?.error });
    this.#contact();
  }

  /** No broker answered when asked about the cluster. */
  clusterLost(): void {
    this.#change(false);
  }

  answered(leader: number): void {
    const broker = this.#brokers.get(leader);
    if (broker !== undefined) broker.error = undefined;
    this.#contact();
  }

  silent(leader: number, error: string): void {
    const broker = this.#brokers.get(leader);
    if (broker === undefined) return;
    broker.error = error;
    if ([...this.#brokers.values()].every((one) => one.error !== undefined)) this.#change(false);
  }

  undelivered(messages: number): void {
    this.#undelivered += messages;
  }

  #contact(): void {
    this.#lastContact = this.clock.monotonic();
    this.#change(true);
  }

  #change(reachable: boolean): void {
    if (reachable === this.#reachable) return;
    this.#reachable = reachable;
    for (const listener of this.#listeners) listener(reachable);
  }
}
