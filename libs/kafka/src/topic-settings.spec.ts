import { describe, expect, it } from 'vitest';
import { KafkaConfig } from './kafka.config.js';
import { topicSettings } from './topic-settings.js';

const config = (given: Partial<KafkaConfig>) => Object.assign(new KafkaConfig(), given);

describe('topicSettings', () => {
  it('gives recordings their own limit and compression, overflowing ones too', () => {
    const of = topicSettings(config({ messageMaxBytes: 10, replayMessageMaxBytes: 99, replayCompression: 'zstd' }));
    expect(of('session_recording_snapshot_item_events')).toEqual({ maxBytes: 99, compression: 'zstd', lane: 'recordings' });
    expect(of('session_recording_snapshot_item_overflow')).toEqual({ maxBytes: 99, compression: 'zstd', lane: 'recordings' });
    expect(of('events_plugin_ingestion')).toEqual({ maxBytes: 10, compression: 'none', lane: 'events' });
    expect(of('a topic of an extension')).toEqual({ maxBytes: 10, compression: 'none', lane: 'events' });
  });

  it('gives AI events their own limit and connections while they have a topic, and to what they share none', () => {
    const lane = { aiLane: 'on', aiOverflowTopic: 'ai_overflow', aiMessageMaxBytes: 99, compression: 'gzip' } as const;
    const ai = { maxBytes: 99, compression: 'gzip', lane: 'ai' };
    const of = topicSettings(config(lane));
    expect([of('events_plugin_ingestion_ai'), of('ai_overflow')]).toEqual([ai, ai]);
    expect(topicSettings(config({ ...lane, aiLane: 'off' }))('ai_overflow')).toMatchObject({ maxBytes: 1_000_000, lane: 'events' });
    const shared = topicSettings(config({ ...lane, topic: 'one', aiTopic: 'one', replayTopic: 'two', aiOverflowTopic: 'two' }));
    expect([shared('one').maxBytes, shared('two').lane]).toEqual([1_000_000, 'recordings']);
  });

  it("keeps to the events' settings on a topic that recordings share", () => {
    const of = topicSettings(config({ topic: 'one', replayTopic: 'one' }));
    expect(of('one')).toEqual({ maxBytes: 1_000_000, compression: 'none', lane: 'events' });
  });
});
