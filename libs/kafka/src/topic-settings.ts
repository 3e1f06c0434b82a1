import type { Codec, KafkaConfig } from './kafka.config.js';
import { topicsByRoute } from './topics.js';

/** How messages of one topic are produced. */
export interface TopicSettings {
  /** Of a message, and of a record batch before compression. */
  readonly maxBytes: number;
  readonly compression: Codec;
}

/**
 * Recordings have limits and compression of their own: their messages are a hundred times larger than events, and what
 * suits one topic must not be asked of the other. A topic that recordings share with events goes by the events' settings.
 */
export function topicSettings(config: KafkaConfig): (topic: string) => TopicSettings {
  const events: TopicSettings = { maxBytes: config.messageMaxBytes, compression: config.compression };
  const recordings: TopicSettings = { maxBytes: config.replayMessageMaxBytes, compression: config.replayCompression };
  const { replay, replay_overflow: overflow, ...others } = topicsByRoute(config);
  const shared = new Set(Object.values(others).map(({ topic }) => topic));
  const own = new Set([replay.topic, overflow.topic].filter((topic) => !shared.has(topic)));
  return (topic) => (own.has(topic) ? recordings : events);
}
