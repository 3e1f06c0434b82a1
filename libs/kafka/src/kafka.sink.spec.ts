import { CaptureError, SystemClock, type CaptureContext, type CapturedEvent } from '@app/event';
import { describe, expect, it } from 'vitest';
import { Batcher } from './batcher/batcher.js';
import { LeaderSender } from './batcher/leader-sender.js';
import { TopicView } from './batcher/topic-view.js';
import { NoUndeliveredStore } from './batcher/undelivered-store.js';
import { KafkaHealth } from './kafka-health.js';
import { NoKafkaMetrics } from './kafka-metrics.js';
import { KafkaConfig } from './kafka.config.js';
import { KafkaSink } from './kafka.sink.js';
import { FakeEngine, ok, refused, valuesOf } from './testing/fake-engine.js';

const context: CaptureContext = {
  now: 0,
  nowText: '1970-01-01T00:00:00.000Z',
  path: '/e',
  ip: '',
  userAgent: '',
  sentAt: undefined,
  sentAtText: undefined,
  doNotTrack: false,
  isHistorical: false,
};
const event = (over: Partial<CapturedEvent> = {}): CapturedEvent => ({
  index: 0,
  inputs: 1,
  token: 'phc_x',
  uuid: '018f0000-0000-7000-8000-000000000000',
  name: 'e',
  resource: 'events',
  distinctId: 'u',
  ip: '',
  ipHash: undefined,
  timestamp: 0,
  data: '{}',
  sessionId: undefined,
  isCookieless: false,
  isHistorical: false,
  disablePersonProcessing: false,
  skipHeatmapProcessing: false,
  route: 'main',
  topic: undefined,
  dlqReason: undefined,
  partitionKey: 'phc_x:u',
  ...over,
});

function aSink(engine: FakeEngine, config = new KafkaConfig()): KafkaSink {
  const clock = new SystemClock();
  const health = new KafkaHealth(clock);
  const store = new NoUndeliveredStore();
  const batcher = new Batcher(
    { lingerMs: 1, maxBytes: 5000, deadlineMs: 200, queueBytes: 1e6 },
    clock,
    new TopicView(engine, 60_000, health),
    new LeaderSender(engine, clock, health, new NoKafkaMetrics()),
    store,
    { queueBytes: () => undefined, undelivered: () => undefined, circuit: () => undefined, badTime: () => undefined },
  );
  return new KafkaSink(config, batcher, store);
}

describe('KafkaSink', () => {
  it('leads every route to its topic, and a custom one to the event’s own', async () => {
    const engine = new FakeEngine();
    const topics = {
      main: 'events_plugin_ingestion',
      overflow: 'events_plugin_ingestion_overflow',
      historical: 'events_plugin_ingestion_historical',
      exceptions: 'error_tracking_events',
      heatmaps: 'heatmaps_ingestion',
      warnings: 'ingestion-clientwarnings-main-1',
      dlq: 'events_plugin_ingestion_dlq',
      replay: 'session_recording_snapshot_item_events',
      replay_overflow: 'session_recording_snapshot_item_overflow',
    };
    engine.topics = Object.fromEntries([...Object.values(topics), 'elsewhere'].map((topic) => [topic, [1]]));
    const events = Object.keys(topics).map((route, index) => event({ route, index, name: route }));
    const delivery = await aSink(engine).deliver([...events, event({ route: 'custom', topic: 'elsewhere', name: 'custom' })], context);
    expect(delivery).toEqual({ ack: 'kafka', spooled: 0, dropped: [] });
    for (const [route, topic] of Object.entries(topics)) expect(JSON.parse(engine.values(`${topic}/0`)[0])).toMatchObject({ event: route });
    expect(engine.values('elsewhere/0')).toHaveLength(1);
  });

  it('drops an event too big for a message alone, naming bytes, limit and variable', async () => {
    const engine = new FakeEngine();
    engine.topics = { events_plugin_ingestion: [1] };
    const { dropped } = await aSink(engine).deliver([event(), event({ index: 1, data: `{"a":"${'x'.repeat(5000)}"}` })], context);
    expect(dropped).toMatchObject([
      {
        index: 1,
        uuid: event().uuid,
        drop: {
          cause: 'event_too_big',
          rejection: 'event_too_big',
          detail: expect.stringMatching(/^message of 5\d\d\d bytes exceeds the limit of 5000 bytes \(KAFKA_PRODUCER_MESSAGE_MAX_BYTES\)$/),
        },
      },
    ]);
    expect(engine.values('events_plugin_ingestion/0')).toHaveLength(1);
  });

  it('leads AI events to their topics while these are set, and to the main topic else', async () => {
    const engine = new FakeEngine();
    engine.topics = { events_plugin_ingestion: [1], ai: [1], ai_overflow: [1] };
    const lane = Object.assign(new KafkaConfig(), { aiLane: 'on', aiTopic: 'ai', aiOverflowTopic: 'ai_overflow' });
    const events = [event({ route: 'ai' }), event({ index: 1, route: 'ai_overflow' })];
    const large = event({ index: 2, route: 'ai', data: `{"a":"${'x'.repeat(5000)}"}` });
    const { dropped } = await aSink(engine, lane).deliver([...events, large], context);
    expect([engine.values('ai/0').length, engine.values('ai_overflow/0').length]).toEqual([1, 1]);
    expect(dropped).toMatchObject([{ index: 2, drop: { detail: expect.stringContaining('(KAFKA_AI_MESSAGE_MAX_BYTES)') } }]);
    await aSink(engine).deliver(events, context);
    expect(engine.values('events_plugin_ingestion/0')).toHaveLength(2);
  });

  it('drops as too big what the broker refuses as too large', async () => {
    const engine = new FakeEngine();
    engine.topics = { events_plugin_ingestion: [1] };
    engine.answer = () => refused('too_large', 'MESSAGE_TOO_LARGE');
    const { dropped } = await aSink(engine).deliver([event()], context);
    expect(dropped).toMatchObject([
      { drop: { cause: 'event_too_big', detail: expect.stringMatching(/^message of \d+ bytes exceeds the limit of its topic$/) } },
    ]);
  });

  it('drops and names what the topic does not take, where no spool leads to the dead letters, and delivers the others', async () => {
    const engine = new FakeEngine();
    engine.topics = { events_plugin_ingestion: [1] };
    engine.answer = (batch) => (valuesOf(batch).some((value) => value.includes('poison')) ? refused('invalid', 'INVALID_RECORD') : ok);
    const { ack, dropped } = await aSink(engine).deliver([event(), event({ index: 1, data: '{"a":"poison"}' })], context);
    expect(ack).toBe('kafka');
    expect(dropped).toMatchObject([{ index: 1, drop: { cause: 'refused_by_topic', detail: expect.stringContaining('INVALID_RECORD') } }]);
    expect(engine.values('events_plugin_ingestion/0')).toHaveLength(1);
  });

  it('asks the client to try again when any event could not be delivered', async () => {
    const engine = new FakeEngine();
    engine.topics = { events_plugin_ingestion: [1] };
    engine.answer = () => refused('retryable', 'NOT_ENOUGH_REPLICAS');
    const delivery = aSink(engine).deliver([event()], context);
    await expect(delivery).rejects.toThrow(CaptureError);
    await expect(delivery).rejects.toMatchObject({ code: 'transient' });
  });
});
