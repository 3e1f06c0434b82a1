import type { Clock } from '@app/event';
import { Batcher } from '../batcher/batcher.js';
import type { BatcherObserver } from '../batcher/fates.js';
import { LeaderSender } from '../batcher/leader-sender.js';
import { TopicView } from '../batcher/topic-view.js';
import type { UndeliveredStore } from '../batcher/undelivered-store.js';
import type { ProducerEngine } from '../engine/producer-engine.js';
import type { KafkaConfig } from '../kafka.config.js';
import { KafkaHealth } from '../kafka-health.js';
import { NoKafkaMetrics } from '../kafka-metrics.js';
import { topicSettings } from '../topic-settings.js';

export interface BuiltBatcher {
  readonly batcher: Batcher;
  readonly view: TopicView;
  readonly health: KafkaHealth;
}

export interface BatcherParts {
  readonly engine: ProducerEngine;
  readonly config: KafkaConfig;
  readonly clock: Clock;
  readonly store: UndeliveredStore;
  /** Of messages in the batcher at a time. */
  readonly queueBytes: number;
  readonly observer?: Partial<BatcherObserver>;
}

/** The batcher with what belongs to it, as `KafkaModule` puts it together. */
export function aBatcher({ engine, config, clock, store, queueBytes, observer }: BatcherParts): BuiltBatcher {
  const settingsOf = topicSettings(config);
  const health = new KafkaHealth(clock);
  const view = new TopicView(engine, config.metadataMaxAgeMs, health);
  const sender = new LeaderSender(engine, clock, health, new NoKafkaMetrics(), (topic) => settingsOf(topic).lane);
  const told = { queueBytes: () => undefined, undelivered: () => undefined, circuit: () => undefined, badTime: () => undefined };
  const { lingerMs, messageMaxBytes: maxBytes, deliveryDeadlineMs: deadlineMs } = config;
  const maxBytesOf = (topic: string) => settingsOf(topic).maxBytes;
  const options = { lingerMs, maxBytes, maxBytesOf, deadlineMs, queueBytes };
  return { batcher: new Batcher(options, clock, view, sender, store, { ...told, ...observer }), view, health };
}
