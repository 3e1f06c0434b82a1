import type { Codec, KafkaConfig } from './kafka.config.js';
import { topicsByRoute } from './topics.js';

/** How messages of one topic are produced. */
export interface TopicSettings {
  /** Of a message, and of a record batch before compression. */
  readonly maxBytes: number;
  readonly compression: Codec;
  /** Requests and connections are of one lane: a broker works on one request of a connection at a time, and would let events wait. */
  readonly lane: Lane;
}

export type Lane = 'events' | 'recordings';

/**
 * Recordings have limits and compression of their own: their messages are a hundred times larger than events, and what
 * suits one topic must not be asked of the other. A topic that recordings share with events goes by the events' settings.
 */
export function topicSettings(config: KafkaConfig): (topic: string) => TopicSettings {
  const events: TopicSettings = { maxBytes: config.messageMaxBytes, compression: config.compression, lane: 'events' };
  const recordings: TopicSettings = { maxBytes: config.replayMessageMaxBytes, compression: config.replayCompression, lane: 'recordings' };
  const { replay, replay_overflow: overflow, ...others } = topicsByRoute(config);
  const shared = new Set(Object.values(others).map(({ topic }) => topic));
  const own = new Set([replay.topic, overflow.topic].filter((topic) => !shared.has(topic)));
  return (topic) => (own.has(topic) ? recordings : events);
}
