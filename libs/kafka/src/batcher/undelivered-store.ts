import type { Ack } from '@app/event';
import type { ProducedMessage } from '../produced-message.js';

/**
 * Where messages go that no broker took in time. Order is kept by one rule: from the moment `store` is called for a
 * partition until its messages are drained, `holds` is true, and every newer message of that partition goes to the
 * store as well.
 */
export abstract class UndeliveredStore {
  /** False: nothing is ever stored, undelivered messages are reported. */
  abstract readonly enabled: boolean;

  /** What a stored message is acknowledged as. */
  abstract readonly ack: Extract<Ack, 'spool' | 'spool-ephemeral'>;

  /** `partition` is undefined while the topic's partitions are not known. */
  abstract holds(topic: string, partition: number | undefined): boolean;

  /** Takes messages over, oldest first. Resolves true once they are durable, false when it cannot. Never rejects. */
  abstract store(topic: string, partition: number | undefined, messages: readonly ProducedMessage[], reason: string): Promise<boolean>;
}

/** Stores nothing. */
export class NoUndeliveredStore extends UndeliveredStore {
  readonly enabled = false;
  readonly ack = 'spool-ephemeral';

  holds(): boolean {
    return false;
  }

  store(): Promise<boolean> {
    return Promise.resolve(false);
  }
}
