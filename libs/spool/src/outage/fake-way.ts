import { WayBack, type Acceptance, type DeliveryFailure, type DeliveryReport, type ProducedMessage } from '@app/kafka';

/** Brokers in memory, for specs of the store: what was sent, lane by lane, and any trouble on demand. */
export class FakeWay extends WayBack {
  /** How many partitions a topic has; a topic that is missing is not known. */
  topics: Record<string, number> = { events: 2, dlq: 1 };
  /** Lanes, `topic/partition`, whose circuit is open. */
  readonly shut = new Set<string>();
  /** Lanes of which only a probe may be sent. */
  readonly probes = new Set<string>();
  /** Lanes whose requests are not answered until `answer`. */
  readonly silent = new Set<string>();
  /** What a broker says to a message; undefined takes it. */
  refuse: (message: ProducedMessage) => Omit<Extract<DeliveryFailure, { kind: 'undelivered' }>, 'index'> | undefined = () => undefined;
  /** Values in the order they were written, by lane. */
  readonly written = new Map<string, string[]>();
  readonly messages: ProducedMessage[] = [];
  readonly released: string[] = [];
  readonly surrendered: string[] = [];
  /** Called before a batch is written. */
  onBatch: (lane: string) => void = () => undefined;
  /** Called with each request, before it is answered or not. */
  onMessages: (messages: readonly ProducedMessage[]) => void = () => undefined;
  /** Called whenever somebody asks whether it may send. */
  onAccepts: () => void = () => undefined;
  readonly #unanswered: (() => void)[] = [];

  partitions(topic: string): number | undefined {
    return this.topics[topic];
  }

  accepts(topic: string, partition: number): Acceptance {
    const lane = `${topic}/${partition}`;
    this.onAccepts();
    if (partition >= (this.topics[topic] ?? 0) || this.shut.has(lane)) return 'no';
    return this.probes.has(lane) ? 'probe' : 'yes';
  }

  async redeliver(topic: string, partition: number, messages: readonly ProducedMessage[]): Promise<DeliveryReport> {
    const lane = `${topic}/${partition}`;
    this.onMessages(messages);
    if (this.silent.has(lane)) await new Promise<void>((answer) => this.#unanswered.push(answer));
    this.onBatch(lane);
    let isBehind = false;
    const failures = messages.flatMap((message, index): DeliveryFailure[] => {
      // As the batcher does: what stands behind a suspect is given back with it.
      if (isBehind) return [{ index, kind: 'undelivered', reason: 'BEHIND_REFUSED', ambiguous: false, final: false }];
      const refusal = this.refuse(message);
      if (refusal?.alone) isBehind = true;
      if (refusal !== undefined) return [{ ...refusal, index }];
      this.written.set(lane, [...this.values(lane), String(message.value)]);
      this.messages.push(message);
      return [];
    });
    return { delivered: messages.length - failures.length, stored: 0, failures };
  }

  /** Requests that hung are answered. */
  answer(): void {
    this.silent.clear();
    for (const answer of this.#unanswered.splice(0)) answer();
  }

  release(topic: string, partition: number): void {
    this.released.push(`${topic}/${partition}`);
  }

  surrender(topic: string, partition: number): void {
    this.surrendered.push(`${topic}/${partition}`);
  }

  values(lane = 'events/0'): string[] {
    return this.written.get(lane) ?? [];
  }
}
