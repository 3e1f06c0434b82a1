import type { Ack } from '@app/event';
import type { ProducedMessage } from '../produced-message.js';
import type { WayBack } from './way-back.js';

/**
 * What the store has of a partition:
 * - `nothing`: newer messages go to the brokers;
 * - `more`: they go to the store as well, or they would overtake;
 * - `last`: the rest is on its way back, so they may wait for it in the partition's queue. It ends with
 *   `WayBack.release` (all of it is delivered) or `WayBack.surrender` (it did not work out).
 */
export type Hold = 'nothing' | 'last' | 'more';

/** Why messages could not be stored, by their position in the call; empty when all are durable. */
export type StoreRefusals = ReadonlyMap<number, string>;

export const ALL_STORED: StoreRefusals = new Map();

/**
 * Where messages go that no broker took in time. Order is kept by one rule: from the moment `store` is called for a
 * partition until its messages are drained, `holds` tells so, and no newer message of that partition overtakes them.
 */
export abstract class UndeliveredStore {
  /** False: nothing can be stored at the moment, undelivered messages are reported. */
  abstract readonly enabled: boolean;

  /** Where it keeps them, for the operator. */
  readonly directory?: string;

  /** What a stored message is acknowledged as. */
  abstract readonly ack: Extract<Ack, 'spool' | 'spool-ephemeral'>;

  /** Called before the first message. Never rejects: a store that cannot open is not `enabled`. */
  abstract open(way: WayBack): Promise<void>;

  /** Called after the last message; what was handed over is durable when it resolves. */
  abstract close(): Promise<void>;

  /** `partition` is undefined while the topic's partitions are not known. */
  abstract holds(topic: string, partition: number | undefined): Hold;

  /** Takes messages over, oldest first. Resolves once their fate is known. Never rejects. */
  abstract store(
    topic: string,
    partition: number | undefined,
    messages: readonly ProducedMessage[],
    reason: string,
  ): Promise<StoreRefusals>;
}

/** Why a message is stored that no broker was asked to take: earlier ones of its partition are. */
export const STORE_FIRST = 'STORE_FIRST';

/** What becomes of messages while brokers are away, for the operator. */
export function meanwhile({ enabled, directory }: Pick<UndeliveredStore, 'enabled' | 'directory'>): string {
  return enabled ? `events wait in ${directory ?? 'the store'} until one does` : 'events are answered 503 until one does';
}

/** Stores nothing. */
export class NoUndeliveredStore extends UndeliveredStore {
  readonly enabled = false;
  readonly ack = 'spool-ephemeral';

  open(): Promise<void> {
    return Promise.resolve();
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  holds(): Hold {
    return 'nothing';
  }

  store(_topic: string, _partition: number | undefined, messages: readonly ProducedMessage[], reason: string): Promise<StoreRefusals> {
    return Promise.resolve(new Map(messages.map((_, index) => [index, reason])));
  }
}
