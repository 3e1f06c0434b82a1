import type { CoreRoute } from '@app/event';
import type { KafkaConfig } from './kafka.config.js';

/** A topic, and the variable that names it: what the operator is told when it is missing. */
export interface ConfiguredTopic {
  readonly topic: string;
  readonly variable: string;
}

type AiRoute = 'ai' | 'ai_overflow';
type FixedRoute = Exclude<CoreRoute, 'custom' | AiRoute>;
type Topics = Readonly<Record<FixedRoute, ConfiguredTopic> & Partial<Record<AiRoute, ConfiguredTopic>>>;

/** The one place that knows which topic a route leads to; `custom` carries its topic with the event. */
export function topicsByRoute(config: KafkaConfig): Topics {
  return {
    main: { topic: config.topic, variable: 'KAFKA_TOPIC' },
    overflow: { topic: config.overflowTopic, variable: 'KAFKA_OVERFLOW_TOPIC' },
    historical: { topic: config.historicalTopic, variable: 'KAFKA_HISTORICAL_TOPIC' },
    exceptions: { topic: config.errorTrackingTopic, variable: 'KAFKA_ERROR_TRACKING_TOPIC' },
    heatmaps: { topic: config.heatmapsTopic, variable: 'KAFKA_HEATMAPS_TOPIC' },
    warnings: { topic: config.clientIngestionWarningTopic, variable: 'KAFKA_CLIENT_INGESTION_WARNING_TOPIC' },
    dlq: { topic: config.dlqTopic, variable: 'KAFKA_DLQ_TOPIC' },
    replay: { topic: config.replayTopic, variable: 'KAFKA_REPLAY_TOPIC' },
    replay_overflow: { topic: config.replayOverflowTopic, variable: 'KAFKA_REPLAY_OVERFLOW_TOPIC' },
    ...aiTopics(config),
  };
}

/** What is not used need not exist: nobody is told to create these topics while the lane is off. */
function aiTopics({ aiLane, aiTopic, aiOverflowTopic }: KafkaConfig): Partial<Record<AiRoute, ConfiguredTopic>> {
  if (aiLane !== 'on') return {};
  return {
    ai: { topic: aiTopic, variable: 'KAFKA_AI_TOPIC' },
    ...(aiOverflowTopic !== undefined && { ai_overflow: { topic: aiOverflowTopic, variable: 'KAFKA_AI_OVERFLOW_TOPIC' } }),
  };
}
