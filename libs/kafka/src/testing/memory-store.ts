import type { SeededRandom } from '@app/testing';
import { partitionOf } from '../murmur2.js';
import type { ProducedMessage } from '../produced-message.js';
import { UndeliveredStore, type Hold, type StoreRefusals } from '../batcher/undelivered-store.js';
import type { WayBack } from '../batcher/way-back.js';

interface Kept {
  readonly message: ProducedMessage;
  readonly partition: number | undefined;
}

const LOOK_EVERY_MS = 100;
const AT_ONCE = 10;

/** The spool's rules without its disk: keeps order by partition, drains by the way back, takes nothing while it is full. */
export class MemoryStore extends UndeliveredStore {
  readonly ack = 'spool';
  isFull = false;
  /** Values that were refused for good, with the reason. */
  readonly dead: { readonly value: string; readonly reason: string }[] = [];
  #kept: Kept[] = [];
  #way: WayBack | undefined;
  readonly #busy = new Set<number>();

  constructor(
    readonly enabled: boolean,
    private readonly random: SeededRandom,
  ) {
    super();
  }

  get waiting(): number {
    return this.#kept.length;
  }

  open(way: WayBack): Promise<void> {
    this.#way = way;
    this.#look();
    return Promise.resolve();
  }

  close = (): Promise<void> => Promise.resolve();

  holds(_topic: string, partition: number | undefined): Hold {
    const isHeld = this.#kept.some((one) => partition === undefined || one.partition === undefined || one.partition === partition);
    return isHeld ? 'more' : 'nothing';
  }

  async store(_topic: string, partition: number | undefined, messages: readonly ProducedMessage[]): Promise<StoreRefusals> {
    const kept = messages.map((message) => ({ message, partition }));
    this.#kept.push(...kept);
    await new Promise<void>((done) => void setTimeout(done, this.random.int(4)));
    if (!this.isFull) return new Map();
    this.#kept = this.#kept.filter((one) => !kept.includes(one));
    return new Map(messages.map((_, index) => [index, 'full']));
  }

  #look(): void {
    setTimeout(() => this.#look(), LOOK_EVERY_MS);
    const topic = this.#kept[0]?.message.topic;
    const partitions = topic === undefined ? undefined : this.#way!.partitions(topic);
    if (topic === undefined || partitions === undefined) return;
    for (let partition = 0; partition < partitions; partition++) {
      if (this.#busy.has(partition)) continue;
      const due = this.#kept.filter((one) => (one.partition ?? partitionOf(String(one.message.key), partitions)) === partition);
      // Asked only when there is something: a probe is ours to send.
      if (due.length > 0 && this.#way!.accepts(topic, partition) !== 'no') void this.#send(topic, partition, due.slice(0, AT_ONCE));
    }
  }

  async #send(topic: string, partition: number, due: readonly Kept[]): Promise<void> {
    this.#busy.add(partition);
    const messages = due.map(({ message }) => message);
    const { failures } = await this.#way!.redeliver(topic, partition, messages);
    this.#busy.delete(partition);
    const kept = new Set<number>();
    for (const failure of failures) {
      if (failure.kind === 'undelivered' && !failure.final) kept.add(failure.index);
      else
        this.dead.push({
          value: String(messages[failure.index].value),
          reason: failure.kind === 'too_large' ? failure.kind : failure.reason,
        });
    }
    // What is behind a message that was kept is sent again with it: it must not be overtaken.
    this.#kept = this.#kept.filter((one) => !due.includes(one) || kept.has(due.indexOf(one)));
  }
}
