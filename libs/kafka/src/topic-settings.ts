import type { Codec, KafkaConfig } from './kafka.config.js';
import { topicsByRoute, type ConfiguredTopic } from './topics.js';

/** How messages of one topic are produced. */
export interface TopicSettings {
  /** Of a message, and of a record batch before compression. */
  readonly maxBytes: number;
  readonly compression: Codec;
  /** Requests and connections are of one lane: a broker works on one request of a connection at a time, and would let events wait. */
  readonly lane: Lane;
}

export type Lane = 'events' | 'recordings' | 'ai';

/**
 * Recordings and AI events have limits of their own: their messages are a hundred times larger than events, and what
 * suits one topic must not be asked of the other. A topic that they share with events goes by the events' settings.
 */
export function topicSettings(config: KafkaConfig): (topic: string) => TopicSettings {
  const { messageMaxBytes, replayMessageMaxBytes, aiMessageMaxBytes, compression, replayCompression } = config;
  const events: TopicSettings = { maxBytes: messageMaxBytes, compression, lane: 'events' };
  const recordings: TopicSettings = { maxBytes: replayMessageMaxBytes, compression: replayCompression, lane: 'recordings' };
  const ai: TopicSettings = { maxBytes: aiMessageMaxBytes, compression, lane: 'ai' };
  const { replay, replay_overflow: replayOverflow, ai: aiMain, ai_overflow: aiOverflow, ...others } = topicsByRoute(config);
  const own = new Map<string, TopicSettings>();
  const set = (settings: TopicSettings, ...topics: (ConfiguredTopic | undefined)[]) => {
    for (const one of topics) if (one !== undefined) own.set(one.topic, settings);
  };
  // The later ones go before the earlier ones.
  set(ai, aiMain, aiOverflow);
  set(recordings, replay, replayOverflow);
  set(events, ...Object.values(others));
  return (topic) => own.get(topic) ?? events;
}
