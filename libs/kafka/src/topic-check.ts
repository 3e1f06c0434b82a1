import { Logger } from '@nestjs/common';
import { nameOf } from './engine/refusal.js';
import type { ProducerEngine } from './engine/producer-engine.js';
import { meanwhile, type UndeliveredStore } from './batcher/undelivered-store.js';
import type { KafkaConfig } from './kafka.config.js';
import { topicsByRoute, type ConfiguredTopic } from './topics.js';

const FIRST_RETRY_MS = 1000;
const MAX_RETRY_MS = 30_000;

interface MissingTopic extends ConfiguredTopic {
  /** Kafka's name for why: `UNKNOWN_TOPIC_OR_PARTITION` when there is none of that name. */
  readonly error: string;
}

/** Looks at boot whether the configured topics exist, in the background: brokers that are away do not stop the boot. */
export class TopicCheck {
  readonly #logger = new Logger('KafkaTopics');
  #timer: NodeJS.Timeout | undefined;
  #unreachable = false;
  #stopped = false;
  #complaint = '';

  constructor(
    private readonly engine: ProducerEngine,
    private readonly config: KafkaConfig,
    private readonly others: readonly ConfiguredTopic[] = [],
    private readonly store: Pick<UndeliveredStore, 'enabled' | 'directory'> = { enabled: false },
  ) {}

  start(): void {
    void this.#check(FIRST_RETRY_MS);
  }

  stop(): void {
    this.#stopped = true;
    clearTimeout(this.#timer);
  }

  async #check(retryMs: number): Promise<void> {
    const done = await this.#look().catch((error: unknown) => this.#cannotLook(error));
    if (done || this.#stopped) return;
    this.#timer = setTimeout(() => void this.#check(Math.min(retryMs * 2, MAX_RETRY_MS)), retryMs);
    this.#timer.unref();
  }

  /** Resolves true when every topic is there. */
  async #look(): Promise<boolean> {
    let missing = await this.#missing();
    if (this.#unreachable) this.#logger.log('Kafka is reachable');
    this.#unreachable = false;
    if (missing.length > 0 && this.config.createTopics) missing = await this.#create(missing);
    const complaint = missing.map(({ topic, variable, error }) => `topic ${topic} (${variable}): ${error}`).join('; ');
    // Once, until it changes: the check goes on as long as anything is missing.
    if (complaint !== '' && complaint !== this.#complaint) {
      this.#logger.error(`${complaint}. Events for these cannot be delivered: create them, or set KAFKA_CREATE_TOPICS=true`);
    }
    this.#complaint = complaint;
    return missing.length === 0;
  }

  async #missing(): Promise<MissingTopic[]> {
    const configured = [...Object.values(topicsByRoute(this.config)), ...this.others];
    const { topics } = await this.engine.metadata([...new Set(configured.map(({ topic }) => topic))]);
    return configured.flatMap((one) => {
      const found = topics.get(one.topic) ?? { error: 'not in the metadata' };
      return 'error' in found ? [{ ...one, error: found.error }] : [];
    });
  }

  async #create(missing: readonly MissingTopic[]): Promise<MissingTopic[]> {
    const absent = missing.filter(({ error }) => error === 'UNKNOWN_TOPIC_OR_PARTITION');
    const { createTopicsPartitions: partitions, createTopicsReplication: replication } = this.config;
    const names = [...new Set(absent.map(({ topic }) => topic))];
    if (names.length === 0) return [...missing];
    await this.engine.createTopics(names.map((topic) => ({ topic, partitions, replication })));
    this.#logger.log(`created ${names.length} topics: ${names.join(', ')}`);
    return missing.filter((one) => !absent.includes(one));
  }

  #cannotLook(error: unknown): false {
    if (!this.#unreachable) {
      const hosts = this.config.hosts.join(',');
      this.#logger.warn(`no broker of KAFKA_HOSTS=${hosts} answers (${nameOf(error)}); ${meanwhile(this.store)}`);
    }
    this.#unreachable = true;
    return false;
  }
}
