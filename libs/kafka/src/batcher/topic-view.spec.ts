import { ManualClock } from '@app/testing';
import { afterEach, beforeEach, expect, it, vi } from 'vitest';
import { KafkaHealth } from '../kafka-health.js';
import { FakeEngine } from '../testing/fake-engine.js';
import { TopicView } from './topic-view.js';

let engine: FakeEngine;
let view: TopicView;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
  engine = new FakeEngine();
  engine.topics = { events: [1, 2] };
  view = new TopicView(engine, 60_000, new KafkaHealth(new ManualClock()));
});
afterEach(() => {
  view.stop();
  vi.useRealTimers();
});

async function ask(): Promise<void> {
  view.refresh();
  await vi.advanceTimersByTimeAsync(1);
}

it('keeps the leaders of a topic that is suddenly unknown or not in the answer: they will tell, should it be gone', async () => {
  view.watch('events');
  await ask();
  expect(view.leaders('events')).toEqual([1, 2]);
  engine.topics = {};
  await ask();
  expect([view.leaders('events'), view.isAway('events')]).toEqual([[1, 2], false]);
  const metadata = engine.metadata.bind(engine);
  engine.metadata = async (topics) => ({ ...(await metadata(topics)), topics: new Map() });
  await ask();
  expect([view.leaders('events'), view.isAway('events')]).toEqual([[1, 2], false]);
  engine.metadata = metadata;
  engine.topics = { events: [2, 2] };
  await ask();
  expect(view.leaders('events')).toEqual([2, 2]);
});

it('says why a topic is not known that never was', async () => {
  view.watch('nowhere');
  await ask();
  expect([view.leaders('nowhere'), view.isAway('nowhere'), view.problem('nowhere')]).toEqual([
    undefined,
    true,
    'UNKNOWN_TOPIC_OR_PARTITION',
  ]);
});
