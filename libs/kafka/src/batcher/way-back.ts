import type { ProducedMessage } from '../produced-message.js';
import type { DeliveryReport } from './delivery.js';

/** `yes`: its circuit is closed; `probe`: it is open, and it is time to try. */
export type Acceptance = 'yes' | 'probe' | 'no';

/** How a store gets its messages to the brokers in the end. The batcher is it: one owner of each partition. */
export abstract class WayBack {
  /** How many partitions a topic has; undefined while that is not known, and then it is asked for. */
  abstract partitions(topic: string): number | undefined;

  /** Whether messages for a partition may be sent now. A `probe` is the caller's to send, and should be small. */
  abstract accepts(topic: string, partition: number): Acceptance;

  /**
   * Sends messages of one partition, before any other of it that waits, and as one batch that is resent in its place
   * until a broker has decided on it. Resolves then, which may take as long as an outage. Failures of kind
   * `undelivered` that are not `final` mean: keep them, try again later.
   */
  abstract redeliver(topic: string, partition: number, messages: readonly ProducedMessage[]): Promise<DeliveryReport>;

  /** Nothing is stored of a partition any more: what waits behind it may go. */
  abstract release(topic: string, partition: number): void;

  /** What waits behind the store's last messages is to be stored as well, now. */
  abstract surrender(topic: string, partition: number): void;
}
