import type { CircuitState } from './batcher/circuits.js';

/** What the room counts; the metrics room gives the numbers their names. All calls are once a batch, not once a message. */
export abstract class KafkaMetrics {
  /** A broker acknowledged a batch. `bytes` is its size before compression. */
  abstract produced(topic: string, messages: number, bytes: number): void;
  /** A batch was refused or its answer lost. `error` is Kafka's or the network's name for it. */
  abstract produceError(topic: string, error: string): void;
  /** From the request to its end, in seconds. */
  abstract ackSeconds(topic: string, outcome: 'ok' | 'error', seconds: number): void;
  /** Messages given up: reported as undelivered, or handed to the store. */
  abstract undelivered(topic: string, messages: number, stored: boolean): void;
  /** Bytes of messages waiting for brokers, and how many may. */
  abstract queueBytes(bytes: number, limit: number): void;
  /** An `emit` failed that perhaps nobody awaits. */
  abstract emitFailed(topic: string): void;
  /** How far this machine's clock and the brokers' are apart, seconds. */
  abstract clockGap(seconds: number): void;
  /** Where to ask for the state of the circuits, one a topic and leader. */
  abstract watchCircuits(read: () => readonly CircuitState[]): void;
}

/** Counts nothing. */
export class NoKafkaMetrics extends KafkaMetrics {
  produced(): void {}
  produceError(): void {}
  ackSeconds(): void {}
  undelivered(): void {}
  queueBytes(): void {}
  emitFailed(): void {}
  clockGap(): void {}
  watchCircuits(): void {}
}
