import type { KafkaHealth } from '../kafka-health.js';
import { nameOf } from '../engine/refusal.js';
import type { ProducerEngine, TopicMetadata } from '../engine/producer-engine.js';

const FIRST_RETRY_MS = 50;
const MAX_RETRY_MS = 2000;

/** Who leads which partition, as last heard. Asks in the background; nobody waits for it. */
export class TopicView {
  readonly #topics = new Map<string, TopicMetadata | undefined>();
  readonly #listeners: (() => void)[] = [];
  #asking = false;
  #askAgain = false;
  #failures = 0;
  #timer: NodeJS.Timeout | undefined;
  #lastError = 'METADATA_UNKNOWN';
  #isLost = false;
  #stopped = false;

  constructor(
    private readonly engine: ProducerEngine,
    private readonly maxAgeMs: number,
    private readonly health: KafkaHealth,
  ) {}

  /** Leader by partition, -1 where there is none now; undefined while the topic is not known. */
  leaders(topic: string): readonly number[] | undefined {
    const known = this.#topics.get(topic);
    return known !== undefined && 'leaders' in known ? known.leaders : undefined;
  }

  /** Why a topic is not known. */
  problem(topic: string): string {
    const known = this.#topics.get(topic);
    return known !== undefined && 'error' in known ? known.error : this.#lastError;
  }

  /** It is not known, and that will not change in a moment: nobody could be asked, or the answer was no. */
  isAway(topic: string): boolean {
    const known = this.#topics.get(topic);
    return known === undefined ? this.#isLost : 'error' in known;
  }

  /** Keeps an eye on a topic from now on. */
  watch(topic: string): void {
    if (this.#topics.has(topic)) return;
    this.#topics.set(topic, undefined);
    this.refresh();
  }

  /** What is known is doubtful: ask now. Calls during a question lead to one more question. */
  refresh(): void {
    if (this.#stopped) return;
    if (this.#asking) {
      this.#askAgain = true;
      return;
    }
    void this.#ask();
  }

  onUpdate(listener: () => void): void {
    this.#listeners.push(listener);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #ask(): Promise<void> {
    clearTimeout(this.#timer);
    this.#asking = true;
    this.#askAgain = false;
    const asked = [...this.#topics.keys()];
    let complete = false;
    try {
      const metadata = await this.engine.metadata(asked);
      for (const topic of asked) this.#learn(topic, metadata.topics.get(topic));
      this.health.cluster(metadata);
      this.#isLost = false;
      complete = [...this.#topics].every(([, known]) => known !== undefined && 'leaders' in known && !known.leaders.includes(-1));
    } catch (error) {
      this.#lastError = nameOf(error);
      this.health.clusterLost();
      this.#isLost = true;
    }
    this.#asking = false;
    this.#failures = complete ? 0 : this.#failures + 1;
    this.#schedule(complete);
    for (const listener of this.#listeners) listener();
  }

  /** A topic that is suddenly unknown keeps its old leaders: they will tell, should it truly be gone. */
  #learn(topic: string, now: TopicMetadata | undefined): void {
    if (now !== undefined && ('leaders' in now || this.leaders(topic) === undefined)) this.#topics.set(topic, now);
  }

  #schedule(complete: boolean): void {
    if (this.#stopped) return;
    const retry = Math.min(MAX_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.min(this.#failures, 10));
    const delay = complete && !this.#askAgain ? this.maxAgeMs : this.#askAgain ? FIRST_RETRY_MS : retry;
    this.#timer = setTimeout(() => void this.#ask(), delay);
    this.#timer.unref();
  }
}
