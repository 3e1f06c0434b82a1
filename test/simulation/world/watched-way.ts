import { WayBack, type Acceptance, type DeliveryReport, type ProducedMessage } from '@app/kafka';
import { idOf } from './books.js';

/** The batcher as the spool sees it, and how much memory the spool keeps alive by what it has given away. */
export class WatchedWay extends WayBack {
  /** Bytes that were held at a time, at most. */
  mostHeld = 0;
  /** Ids of messages that were sent already when this process began. */
  readonly sentBefore = new Set<string>();
  /** Those of them that the spool has sent again. */
  readonly sentAgain = new Set<string>();
  readonly #held = new Map<ArrayBufferLike, number>();
  #bytes = 0;

  constructor(private readonly way: WayBack) {
    super();
  }

  partitions(topic: string): number | undefined {
    return this.way.partitions(topic);
  }

  accepts(topic: string, partition: number): Acceptance {
    return this.way.accepts(topic, partition);
  }

  async redeliver(topic: string, partition: number, messages: readonly ProducedMessage[]): Promise<DeliveryReport> {
    // To the dead letters goes a copy.
    for (const { value } of topic === 'dlq' ? [] : messages) this.#look(idOf(String(value)));
    const buffers = messages.flatMap(({ value }) => (value === null ? [] : [value.buffer]));
    for (const buffer of buffers) this.#hold(buffer, 1);
    this.mostHeld = Math.max(this.mostHeld, this.#bytes);
    const report = await this.way.redeliver(topic, partition, messages);
    for (const buffer of buffers) this.#hold(buffer, -1);
    return report;
  }

  release(topic: string, partition: number): void {
    this.way.release(topic, partition);
  }

  surrender(topic: string, partition: number): void {
    this.way.surrender(topic, partition);
  }

  #look(id: string): void {
    if (this.sentBefore.has(id)) this.sentAgain.add(id);
  }

  #hold(buffer: ArrayBufferLike, more: number): void {
    const before = this.#held.get(buffer) ?? 0;
    if (before === 0) this.#bytes += buffer.byteLength;
    if (before + more > 0) this.#held.set(buffer, before + more);
    else {
      this.#held.delete(buffer);
      this.#bytes -= buffer.byteLength;
    }
  }
}
