import type { ProducedMessage } from '../produced-message.js';
import type { BatchRecord } from '../records/record-batch.js';

export type DeliveryFailure =
  | {
      readonly index: number;
      readonly kind: 'too_large';
      /** Of the message with key, headers and framing. */
      readonly bytes: number;
      /** Ours; undefined when it was the broker that refused it. */
      readonly limit: number | undefined;
    }
  | {
      readonly index: number;
      readonly kind: 'undelivered';
      /** Kafka's or the network's name of what went wrong last. */
      readonly reason: string;
      /** True when it may have been written all the same. */
      readonly ambiguous: boolean;
      /** True when it would be refused again: the message itself is at fault, by Kafka's own list. */
      readonly final: boolean;
      /** Alone, it was refused ten times with `reason`, which is not on that list. Whether its partition takes others nobody has tried. */
      readonly alone?: true;
    };

/** What became of the messages of one `deliver`. Those not named in `failures` are delivered or stored. */
export interface DeliveryReport {
  readonly delivered: number;
  /** How many the `UndeliveredStore` took. */
  readonly stored: number;
  /** Their positions in the call, in no particular order; absent when there are none. */
  readonly storedAt?: readonly number[] | undefined;
  /** In no particular order; `index` is the position in the call. */
  readonly failures: readonly DeliveryFailure[];
}

/** Counts the messages of one call down: one promise a call, however many messages. */
export class PendingDelivery {
  #left: number;
  #storedAt: number[] | undefined;
  readonly #failures: DeliveryFailure[] = [];

  constructor(
    private readonly total: number,
    /** Monotonic milliseconds when the messages came in. */
    readonly since: number,
    /** Monotonic milliseconds after which they count as undelivered. */
    readonly deadline: number,
    private readonly resolve: (report: DeliveryReport) => void,
  ) {
    this.#left = total;
  }

  delivered(): void {
    this.#countDown();
  }

  stored(index: number): void {
    (this.#storedAt ??= []).push(index);
    this.#countDown();
  }

  failed(failure: DeliveryFailure): void {
    this.#failures.push(failure);
    this.#countDown();
  }

  #countDown(): void {
    if (--this.#left > 0) return;
    const stored = this.#storedAt?.length ?? 0;
    const delivered = this.total - stored - this.#failures.length;
    this.resolve({ delivered, stored, storedAt: this.#storedAt, failures: this.#failures });
  }
}

/** One message in the batcher. */
export class Entry implements BatchRecord {
  /** It is in a request that has not ended. */
  inFlight = false;
  /** Its fate is reported, or in the store's hands. */
  done = false;
  /** Its bytes no longer count. */
  released = false;

  constructor(
    readonly message: ProducedMessage,
    readonly size: number,
    readonly index: number,
    readonly delivery: PendingDelivery,
  ) {}

  /** It comes from the store, which keeps it until a broker has decided: it never expires. */
  get isRedelivery(): boolean {
    return this.delivery.deadline === Infinity;
  }
}
