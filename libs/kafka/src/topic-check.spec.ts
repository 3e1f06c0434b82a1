import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { KafkaConfig } from './kafka.config.js';
import { FakeEngine } from './testing/fake-engine.js';
import { TopicCheck } from './topic-check.js';
import { topicsByRoute } from './topics.js';

const TOPICS = Object.values(topicsByRoute(new KafkaConfig())).map(({ topic }) => topic);
let engine: FakeEngine;
let lines: string[];

beforeEach(() => {
  vi.useFakeTimers();
  engine = new FakeEngine();
  engine.topics = Object.fromEntries(TOPICS.map((topic) => [topic, [1]]));
  lines = [];
  for (const level of ['log', 'warn', 'error'] as const) {
    vi.spyOn(Logger.prototype, level).mockImplementation((text: string) => void lines.push(`${level}: ${text}`));
  }
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

async function check(settings: Partial<KafkaConfig> = {}): Promise<TopicCheck> {
  const one = new TopicCheck(engine, Object.assign(new KafkaConfig(), settings));
  one.start();
  await vi.advanceTimersByTimeAsync(0);
  return one;
}

describe('TopicCheck', () => {
  it('says nothing when every topic is there', async () => {
    await check();
    expect(lines).toEqual([]);
  });

  it('complains once of a missing topic, naming it and its variable, until that changes', async () => {
    delete engine.topics.heatmaps_ingestion;
    const one = await check();
    await vi.advanceTimersByTimeAsync(60_000);
    one.stop();
    expect(lines).toEqual([
      'error: topic heatmaps_ingestion (KAFKA_HEATMAPS_TOPIC): UNKNOWN_TOPIC_OR_PARTITION. Events for these cannot be delivered: create them, or set KAFKA_CREATE_TOPICS=true',
    ]);
  });

  it('creates missing topics when told to, with the partitions configured', async () => {
    delete engine.topics.heatmaps_ingestion;
    await check({ createTopics: true, createTopicsPartitions: 4 });
    expect(engine.topics.heatmaps_ingestion).toHaveLength(4);
    expect(lines).toEqual(['log: created 1 topics: heatmaps_ingestion']);
  });

  it('waits for brokers that are away at boot, and checks when they are there', async () => {
    engine.down = true;
    delete engine.topics.heatmaps_ingestion;
    const one = await check();
    await vi.advanceTimersByTimeAsync(10_000);
    engine.down = false;
    await vi.advanceTimersByTimeAsync(30_000);
    one.stop();
    expect(lines.map((line) => line.slice(0, 40))).toEqual(
      ['warn: no broker of KAFKA_HOSTS= answers (ECONNREFUSED)', 'log: Kafka is reachable', 'error: topic heatmaps_ingestion (KAFKA_H'].map(
        (line) => line.slice(0, 40),
      ),
    );
  });
});
