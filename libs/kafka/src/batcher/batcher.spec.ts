import { SystemClock } from '@app/event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PartitionBatch, PartitionOutcome } from '../engine/producer-engine.js';
import { KafkaHealth } from '../kafka-health.js';
import { NoKafkaMetrics } from '../kafka-metrics.js';
import type { ProducedMessage } from '../produced-message.js';
import { FakeEngine, ok, refused, valuesOf } from '../testing/fake-engine.js';
import { Batcher, type BatcherOptions } from './batcher.js';
import { LeaderSender } from './leader-sender.js';
import { TopicView } from './topic-view.js';
import { ALL_STORED, NoUndeliveredStore, UndeliveredStore, type Hold, type StoreRefusals } from './undelivered-store.js';

const OPTIONS: BatcherOptions = { lingerMs: 5, maxBytes: 10_000, deadlineMs: 2000, queueBytes: 1_000_000 };
const message = (value: string, over: Partial<ProducedMessage> = {}): ProducedMessage => ({
  topic: 'events',
  key: 'k',
  value: Buffer.from(value),
  headers: {},
  ...over,
});
const numbered = (from: number, to: number, size = 10) =>
  Array.from({ length: to - from }, (_, i) => message(String(from + i).padEnd(size, '.')));
const short = (values: readonly string[]) => values.map((value) => Number(value.replaceAll('.', '')));

let engine: FakeEngine;
let undelivered: number;

function aBatcher(options: Partial<BatcherOptions> = {}, store: UndeliveredStore = new NoUndeliveredStore()): Batcher {
  const clock = new SystemClock();
  const health = new KafkaHealth(clock);
  const observer = {
    queueBytes: () => undefined,
    undelivered: (_: string, count: number) => void (undelivered += count),
    circuit: () => undefined,
    badTime: () => undefined,
  };
  const view = new TopicView(engine, 60_000, health);
  return new Batcher(
    { ...OPTIONS, ...options },
    clock,
    view,
    new LeaderSender(engine, clock, health, new NoKafkaMetrics()),
    store,
    observer,
  );
}

/** A batcher that knows its topics already. */
async function aWarmBatcher(options: Partial<BatcherOptions> = {}, store?: UndeliveredStore): Promise<Batcher> {
  const batcher = aBatcher(options, store);
  const warmUp = batcher.deliver(Object.keys(engine.topics).map((topic) => message('warm-up', { topic })));
  await vi.advanceTimersByTimeAsync((options.lingerMs ?? 5) + 50);
  await warmUp;
  engine.requests.length = 0;
  engine.written.clear();
  return batcher;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance', 'Date'] });
  engine = new FakeEngine();
  undelivered = 0;
});
afterEach(() => {
  vi.restoreAllMocks();
  vi.useRealTimers();
});

describe('Batcher: batches', () => {
  it('puts messages of several requests within the linger into one batch', async () => {
    const batcher = await aWarmBatcher();
    const reports = [batcher.deliver(numbered(0, 2)), batcher.deliver(numbered(2, 3))];
    await vi.advanceTimersByTimeAsync(4);
    expect(engine.requests).toHaveLength(0);
    reports.push(batcher.deliver(numbered(3, 4)));
    await vi.advanceTimersByTimeAsync(2);
    expect(await Promise.all(reports)).toEqual([2, 1, 1].map((delivered) => ({ delivered, stored: 0, failures: [] })));
    expect(engine.requests.map((batches) => batches.map(valuesOf).map(short))).toEqual([[[0, 1, 2, 3]]]);
  });

  it('has one batch of a partition in flight; what arrives meanwhile is the next one', async () => {
    const batcher = await aWarmBatcher();
    let answerFirst!: (outcome: PartitionOutcome) => void;
    engine.answer = () => new Promise((resolve) => (answerFirst = resolve));
    void batcher.deliver(numbered(0, 1));
    await vi.advanceTimersByTimeAsync(6);
    for (let i = 1; i < 20; i++) {
      void batcher.deliver(numbered(i, i + 1));
      await vi.advanceTimersByTimeAsync(6);
    }
    expect(engine.requests).toHaveLength(1);
    engine.answer = () => ok;
    answerFirst(ok);
    await vi.advanceTimersByTimeAsync(6);
    expect(engine.requests.map(([batch]) => batch.records.length)).toEqual([1, 19]);
    expect(short(engine.values())).toEqual(Array.from({ length: 20 }, (_, i) => i));
    expect(engine.mostInFlight).toBe(1);
  });

  it('sends the partitions of one leader in one request, those of another in another', async () => {
    engine.topics = { events: [1, 2, 1] };
    const batcher = await aWarmBatcher();
    void batcher.deliver([0, 1, 2].map((partition) => message('v', { partition })));
    await vi.advanceTimersByTimeAsync(6);
    expect(engine.requests.map((batches) => batches.map(({ leader, partition }) => [leader, partition]))).toEqual([
      [
        [1, 0],
        [1, 2],
      ],
      [[2, 1]],
    ]);
  });

  it('splits what waits into batches that each fit the limit, and does not linger once one is full', async () => {
    const batcher = await aWarmBatcher();
    const report = batcher.deliver(numbered(0, 40, 1000));
    expect(engine.requests).toHaveLength(1);
    await vi.advanceTimersByTimeAsync(10);
    expect((await report).delivered).toBe(40);
    expect(short(engine.values())).toEqual(Array.from({ length: 40 }, (_, i) => i));
    for (const [batch] of engine.requests) expect(batch.records.length).toBe(batch === engine.requests.at(-1)![0] ? 4 : 9);
  });

  it('spreads messages without a key over partitions, one partition a batch', async () => {
    engine.topics = { events: [1, 1, 1, 1] };
    const batcher = await aWarmBatcher();
    for (let i = 0; i < 60; i++) {
      void batcher.deliver([message('a', { key: null }), message('b', { key: null })]);
      await vi.advanceTimersByTimeAsync(6);
    }
    expect(engine.requests.every((batches) => batches.length === 1 && batches[0].records.length === 2)).toBe(true);
    expect([...engine.written.keys()].toSorted()).toEqual(['events/0', 'events/1', 'events/2', 'events/3']);
  });
});

describe('Batcher: refusals', () => {
  it('drops a message over the limit alone, before sending, with key, headers and framing counted', async () => {
    const batcher = await aWarmBatcher();
    const big = message('x'.repeat(9700), { key: 'k'.repeat(200), headers: { h: 'v'.repeat(100) } });
    const report = batcher.deliver([message('0'), big, message('2')]);
    await vi.advanceTimersByTimeAsync(6);
    expect(await report).toEqual({
      delivered: 2,
      stored: 0,
      failures: [{ index: 1, kind: 'too_large', bytes: expect.any(Number), limit: 10_000 }],
    });
    expect(short(engine.values())).toEqual([0, 2]);
  });

  it('bisects a batch that the broker finds too large until the culprit is alone, and keeps the order of the others', async () => {
    const batcher = await aWarmBatcher();
    engine.answer = (batch) => (valuesOf(batch).includes('5'.padEnd(10, '.')) ? refused('too_large', 'MESSAGE_TOO_LARGE') : ok);
    const report = batcher.deliver(numbered(0, 11));
    await vi.advanceTimersByTimeAsync(6);
    const later = batcher.deliver(numbered(11, 12));
    await vi.advanceTimersByTimeAsync(20);
    expect(await report).toEqual({
      delivered: 10,
      stored: 0,
      failures: [{ index: 5, kind: 'too_large', bytes: expect.any(Number), limit: undefined }],
    });
    expect((await later).delivered).toBe(1);
    expect(short(engine.values())).toEqual([0, 1, 2, 3, 4, 6, 7, 8, 9, 10, 11]);
  });

  it('sends a refused batch again in its place, the same object, before what arrived later', async () => {
    const batcher = await aWarmBatcher();
    const seen: PartitionBatch[] = [];
    engine.answer = (batch) => (seen.push(batch) <= 2 ? refused('retryable') : ok);
    const report = batcher.deliver(numbered(0, 3));
    await vi.advanceTimersByTimeAsync(6);
    const later = batcher.deliver(numbered(3, 5));
    await vi.advanceTimersByTimeAsync(500);
    expect((await report).delivered).toBe(3);
    expect((await later).delivered).toBe(2);
    expect(short(engine.values())).toEqual([0, 1, 2, 3, 4]);
    expect(seen[1]).toBe(seen[0]);
    expect(seen[2]).toBe(seen[0]);
  });

  // Node rounds a timer's delay down and counts it from the start of the loop's turn: by `performance.now()` it fires early now and then.
  it('sends it again although the timer fired a little early by the clock, and does not wait for the deadline', async () => {
    let early = 0;
    vi.spyOn(SystemClock.prototype, 'monotonic').mockImplementation(() => performance.now() - early);
    const batcher = await aWarmBatcher();
    engine.answer = () => {
      engine.answer = () => ok;
      return refused('retryable');
    };
    const report = batcher.deliver(numbered(0, 2));
    await vi.advanceTimersByTimeAsync(6);
    expect(engine.requests).toHaveLength(1);
    early = 3;
    await vi.advanceTimersByTimeAsync(100);
    expect(engine.requests).toHaveLength(2);
    expect((await report).delivered).toBe(2);
  });

  it('follows a partition to its new leader', async () => {
    const batcher = await aWarmBatcher();
    engine.topics = { events: [7] };
    engine.answer = (batch) => (batch.leader === 7 ? ok : refused('retryable'));
    const report = batcher.deliver(numbered(0, 1));
    await vi.advanceTimersByTimeAsync(12);
    expect((await report).delivered).toBe(1);
    expect(engine.requests.map(([batch]) => batch.leader)).toHaveLength(2);
  });

  it('does not let one partition in trouble hold up another', async () => {
    engine.topics = { events: [1, 1] };
    const batcher = await aWarmBatcher();
    engine.answer = ({ partition }) => (partition === 0 ? refused('retryable', 'NOT_ENOUGH_REPLICAS') : ok);
    const stuck = batcher.deliver([message('0', { partition: 0 })]);
    const fine = batcher.deliver([message('1', { partition: 1 })]);
    await vi.advanceTimersByTimeAsync(6);
    expect((await fine).delivered).toBe(1);
    await vi.advanceTimersByTimeAsync(2100);
    expect((await stuck).failures).toEqual([
      { index: 0, kind: 'undelivered', reason: 'NOT_ENOUGH_REPLICAS', ambiguous: false, final: false },
    ]);
  });

  it('reports at once, alone and as final, what the topic does not take, and delivers the others', async () => {
    const batcher = await aWarmBatcher();
    engine.answer = (batch) => (short(valuesOf(batch)).includes(1) ? refused('invalid', 'INVALID_RECORD') : ok);
    const report = batcher.deliver(numbered(0, 3));
    await vi.advanceTimersByTimeAsync(6);
    expect(await report).toMatchObject({ delivered: 2, failures: [{ index: 1, reason: 'INVALID_RECORD', final: true }] });
    expect(short(engine.values())).toEqual([0, 2]);
  });

  it('tries until the deadline what is nobody’s fault, such as a missing right', async () => {
    const batcher = await aWarmBatcher();
    engine.answer = () => refused('retryable', 'TOPIC_AUTHORIZATION_FAILED', true);
    const report = batcher.deliver(numbered(0, 2));
    await vi.advanceTimersByTimeAsync(2100);
    const { failures } = await report;
    expect(failures).toHaveLength(2);
    for (const failure of failures) expect(failure).toMatchObject({ reason: 'TOPIC_AUTHORIZATION_FAILED', final: false });
    expect(engine.requests.length).toBeGreaterThan(3);
  });
});

describe('Batcher: deadline', () => {
  it('reports messages undelivered at their deadline, and delivers in order those behind that are still in time', async () => {
    const batcher = await aWarmBatcher();
    let down = true;
    engine.answer = () => (down ? refused('retryable') : ok);
    const early = batcher.deliver(numbered(0, 2));
    await vi.advanceTimersByTimeAsync(1000);
    const late = batcher.deliver(numbered(2, 4));
    await vi.advanceTimersByTimeAsync(1100);
    expect((await early).failures).toHaveLength(2);
    down = false;
    await vi.advanceTimersByTimeAsync(900);
    expect((await late).delivered).toBe(2);
    expect(short(engine.values())).toEqual([2, 3]);
  });

  it('answers at the deadline while a request hangs, but keeps the partition until the request has ended', async () => {
    const batcher = await aWarmBatcher();
    let end!: (outcome: PartitionOutcome) => void;
    engine.answer = () => new Promise((resolve) => (end = resolve));
    const hanging = batcher.deliver(numbered(0, 1));
    await vi.advanceTimersByTimeAsync(1000);
    const behind = batcher.deliver(numbered(1, 2));
    const bytes = batcher.queuedBytes;
    await vi.advanceTimersByTimeAsync(1060);
    expect((await hanging).failures).toEqual([
      { index: 0, kind: 'undelivered', reason: 'DELIVERY_DEADLINE', ambiguous: true, final: false },
    ]);
    expect(engine.requests).toHaveLength(1);
    // The engine still holds it.
    expect(batcher.queuedBytes).toBe(bytes);
    engine.answer = () => ok;
    end(refused('retryable', 'REQUEST_TIMED_OUT', true));
    await vi.advanceTimersByTimeAsync(200);
    expect((await behind).delivered).toBe(1);
    expect(short(engine.values())).toEqual([1]);
    expect(batcher.queuedBytes).toBe(0);
  });

  it('reports with the reason when no broker can be asked, and delivers once one can', async () => {
    engine.down = true;
    const batcher = aBatcher();
    const lost = batcher.deliver(numbered(0, 1));
    await vi.advanceTimersByTimeAsync(2100);
    expect((await lost).failures).toEqual([{ index: 0, kind: 'undelivered', reason: 'ECONNREFUSED', ambiguous: false, final: false }]);
    const found = batcher.deliver(numbered(1, 2));
    await vi.advanceTimersByTimeAsync(100);
    engine.down = false;
    await vi.advanceTimersByTimeAsync(2100);
    expect(await found).toEqual({ delivered: 1, stored: 0, failures: [] });
    expect(batcher.queuedBytes).toBe(0);
  });

  it('names a topic that does not exist as the reason', async () => {
    const batcher = await aWarmBatcher();
    const report = batcher.deliver([message('v', { topic: 'nowhere' })]);
    await vi.advanceTimersByTimeAsync(2100);
    expect((await report).failures).toMatchObject([{ reason: 'UNKNOWN_TOPIC_OR_PARTITION' }]);
  });
});

describe('Batcher: memory', () => {
  it('keeps out under pressure what can be done without', async () => {
    engine.topics = { events: [1], replay: [1] };
    const batcher = await aWarmBatcher({ queueBytes: 3500, fillOf: (topic) => (topic === 'replay' ? 0.8 : 1) });
    void batcher.deliver(numbered(0, 2, 1000));
    const replay = batcher.deliver([message('x'.repeat(1000), { topic: 'replay' })]);
    expect((await replay).failures).toMatchObject([{ reason: 'QUEUE_FULL' }]);
    const events = batcher.deliver(numbered(2, 3, 1000));
    await vi.advanceTimersByTimeAsync(6);
    expect((await events).delivered).toBe(1);
  });

  it('refuses at once what does not fit the queue, and takes it again when there is room', async () => {
    const batcher = await aWarmBatcher({ queueBytes: 3000 });
    const fits = batcher.deliver(numbered(0, 2, 1000));
    const report = await batcher.deliver(numbered(2, 4, 1000));
    expect(report.failures.map((failure) => failure.kind === 'undelivered' && failure.reason)).toEqual(['QUEUE_FULL', 'QUEUE_FULL']);
    await vi.advanceTimersByTimeAsync(6);
    await fits;
    expect(batcher.queuedBytes).toBe(0);
    const again = batcher.deliver(numbered(2, 4, 1000));
    await vi.advanceTimersByTimeAsync(6);
    expect((await again).delivered).toBe(2);
  });
});

class ListStore extends UndeliveredStore {
  readonly enabled = true;
  readonly ack = 'spool';
  readonly stored: string[] = [];

  open = () => Promise.resolve();
  close = () => Promise.resolve();

  holds(): Hold {
    return this.stored.length > 0 ? 'more' : 'nothing';
  }

  store(_topic: string, _partition: number | undefined, messages: readonly ProducedMessage[]): Promise<StoreRefusals> {
    this.stored.push(...messages.map(({ value }) => String(value)));
    return Promise.resolve(ALL_STORED);
  }
}

describe('Batcher: store', () => {
  it('hands undelivered messages over in order, with everything behind them and everything that comes later', async () => {
    const store = new ListStore();
    const batcher = await aWarmBatcher({}, store);
    let end!: (outcome: PartitionOutcome) => void;
    engine.answer = () => new Promise((resolve) => (end = resolve));
    const reports = [batcher.deliver(numbered(0, 2))];
    await vi.advanceTimersByTimeAsync(1500);
    reports.push(batcher.deliver(numbered(2, 4)));
    await vi.advanceTimersByTimeAsync(600);
    reports.push(batcher.deliver(numbered(4, 5)));
    expect((await Promise.all(reports)).map(({ stored }) => stored)).toEqual([2, 2, 1]);
    expect(short(store.stored)).toEqual([0, 1, 2, 3, 4]);
    expect(undelivered).toBe(5);
    end(ok);
    await vi.advanceTimersByTimeAsync(100);
    expect(engine.requests).toHaveLength(1);
    expect(batcher.queuedBytes).toBe(0);
  });
});

describe('Batcher: close', () => {
  it('sends what lingers without waiting for it, then refuses new messages', async () => {
    const batcher = await aWarmBatcher({ lingerMs: 500 });
    const report = batcher.deliver(numbered(0, 3));
    const closed = batcher.close(1000);
    await vi.advanceTimersByTimeAsync(20);
    await closed;
    expect((await report).delivered).toBe(3);
    expect((await batcher.deliver(numbered(3, 4))).failures).toMatchObject([{ reason: 'CLOSING' }]);
  });

  it('reports what is left at its time limit', async () => {
    const batcher = await aWarmBatcher();
    engine.answer = () => new Promise(() => undefined);
    const report = batcher.deliver(numbered(0, 1));
    const closed = batcher.close(300);
    await vi.advanceTimersByTimeAsync(400);
    await closed;
    expect((await report).failures).toMatchObject([{ reason: 'CLOSING' }]);
  });
});
