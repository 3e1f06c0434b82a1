import { SystemClock } from '@app/event';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { PartitionOutcome } from '../engine/producer-engine.js';
import { failedHere, outcomeOf, unanswered } from '../engine/refusal.js';
import { within } from '../engine/time-bounds.js';
import { KafkaHealth } from '../kafka-health.js';
import { NoKafkaMetrics } from '../kafka-metrics.js';
import type { ProducedMessage } from '../produced-message.js';
import { RELEASED_AT } from '../released-at.js';
import { FakeEngine, ok, refused, valuesOf } from '../testing/fake-engine.js';
import { Batcher } from './batcher.js';
import { LeaderSender } from './leader-sender.js';
import { TopicView } from './topic-view.js';
import { ALL_STORED, UndeliveredStore, type Hold, type StoreRefusals } from './undelivered-store.js';

/** Keeps what it is given, by lane; says what the spec tells it to say. */
class FakeStore extends UndeliveredStore {
  readonly enabled = true;
  readonly ack = 'spool';
  readonly stored: string[] = [];
  readonly reasons: string[] = [];
  readonly held = new Map<string, Hold>();
  refusal: string | undefined;

  open = () => Promise.resolve();
  close = () => Promise.resolve();

  holds(topic: string, partition: number | undefined): Hold {
    return this.held.get(`${topic}/${partition ?? '*'}`) ?? 'nothing';
  }

  store(topic: string, partition: number | undefined, messages: readonly ProducedMessage[], reason: string): Promise<StoreRefusals> {
    this.reasons.push(reason);
    if (this.refusal !== undefined) return Promise.resolve(new Map(messages.map((_, i) => [i, this.refusal!])));
    this.stored.push(...messages.map(({ value }) => String(value)));
    this.held.set(`${topic}/${partition ?? '*'}`, 'more');
    return Promise.resolve(ALL_STORED);
  }
}

let engine: FakeEngine;
let health: KafkaHealth;
let store: FakeStore;
let circuits: string[];
let aheads: (number | undefined)[];

const message = (value: string, partition = 0): ProducedMessage => ({
  topic: 'events',
  key: 'k',
  value: Buffer.from(value),
  headers: {},
  partition,
});
const gone = (error = 'ECONNREFUSED', sent = false): PartitionOutcome => unanswered(Object.assign(new Error(error), { code: error }), sent);
const pass = (ms: number) => vi.advanceTimersByTimeAsync(ms);

async function aBatcher(): Promise<Batcher> {
  const clock = new SystemClock();
  health = new KafkaHealth(clock);
  const batcher = new Batcher(
    { lingerMs: 5, maxBytes: 10_000, deadlineMs: 2000, queueBytes: 1_000_000 },
    clock,
    new TopicView(engine, 60_000, health),
    new LeaderSender(engine, clock, health, new NoKafkaMetrics()),
    store,
    {
      queueBytes: () => undefined,
      undelivered: () => undefined,
      badTime: (_topic, _messages, ahead) => void aheads.push(ahead),
      circuit: (leader, isOpen) => void circuits.push(`${leader} ${isOpen ? 'open' : 'closed'}`),
    },
  );
  if (engine.down) return batcher;
  batcher.partitions('events');
  await pass(20);
  return batcher;
}

beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout', 'setImmediate', 'performance', 'Date'] });
  engine = new FakeEngine();
  engine.topics = { events: [1, 1, 2] };
  store = new FakeStore();
  circuits = [];
  aheads = [];
});
afterEach(() => {
  vi.useRealTimers();
});

describe('Batcher: circuits', () => {
  it('stores at once, without waiting for the deadline, what is for a leader that does not answer', async () => {
    const batcher = await aBatcher();
    engine.answer = ({ leader }) => (leader === 1 ? gone() : ok);
    const first = batcher.deliver([message('0'), message('other leader', 2)]);
    await pass(150);
    expect(await first).toMatchObject({ stored: 1, delivered: 1 });
    expect(circuits).toEqual(['1 open']);
    const second = batcher.deliver([message('another partition of it', 1)]);
    await pass(1);
    expect(await second).toMatchObject({ stored: 1 });
    expect(batcher.circuits()).toEqual([
      { topic: 'events', leader: 1, isOpen: true },
      { topic: 'events', leader: 2, isOpen: false },
    ]);
  });

  it.each([
    ['', [1, 1, 2]],
    [', also when another one leads the partition meanwhile', [2, 1, 2]],
  ])('stores within a second what is on its way to a leader that is silent%s', async (_, leaders) => {
    const batcher = await aBatcher();
    const never = new Promise<never>(() => undefined);
    let isFrozen = false;
    vi.spyOn(engine, 'ping').mockImplementation(() => (isFrozen ? never : Promise.resolve()));
    engine.answer = () => (isFrozen ? never : pass100());
    const pass100 = () => new Promise<PartitionOutcome>((resolve) => setTimeout(() => resolve(ok), 100));
    void batcher.deliver([message('it is known')]);
    await pass(200);
    isFrozen = true;
    let report: unknown;
    void batcher.deliver([message('on its way')]).then((now) => (report = now));
    await pass(100);
    engine.topics = { events: leaders };
    batcher.partitions('another topic');
    await pass(900);
    expect(report).toMatchObject({ stored: 1 });
  });

  it('tries a connection that was lost once more before it gives up on the leader', async () => {
    const batcher = await aBatcher();
    let failures = 1;
    engine.answer = () => (failures-- > 0 ? gone('ECONNRESET', true) : ok);
    const report = batcher.deliver([message('0')]);
    await pass(150);
    expect(await report).toMatchObject({ delivered: 1, stored: 0 });
    expect(circuits).toEqual([]);
  });

  it('opens when a request is not answered within the deadline, and keeps the partition until it has ended', async () => {
    const batcher = await aBatcher();
    let end!: (outcome: PartitionOutcome) => void;
    engine.answer = () => new Promise((resolve) => (end = resolve));
    const reports = [batcher.deliver([message('0')])];
    await pass(1500);
    reports.push(batcher.deliver([message('1')]));
    await pass(600);
    reports.push(batcher.deliver([message('2')]));
    await pass(1);
    expect((await Promise.all(reports)).map(({ stored }) => stored)).toEqual([1, 1, 1]);
    expect(store.stored).toEqual(['0', '1', '2']);
    expect(batcher.accepts('events', 0)).toBe('no');
    end(ok);
    await pass(1);
    expect(circuits).toEqual(['1 open', '1 closed']);
    expect(batcher.accepts('events', 0)).toBe('yes');
  });

  it('stores what one partition refuses again and again, and nothing else', async () => {
    const batcher = await aBatcher();
    engine.answer = ({ partition }) => (partition === 0 ? refused('retryable', 'NOT_ENOUGH_REPLICAS') : ok);
    const report = batcher.deliver([message('0'), message('1', 1)]);
    await pass(600);
    expect(await report).toMatchObject({ delivered: 1, stored: 1 });
    expect(store.reasons).toEqual(['NOT_ENOUGH_REPLICAS']);
    expect((await Promise.all([batcher.deliver([message('2', 1)]), pass(10)]))[0]).toMatchObject({ delivered: 1 });
  });

  it('lets one small probe through at a time, at growing and jittered intervals', async () => {
    const batcher = await aBatcher();
    engine.answer = () => gone();
    void batcher.deliver([message('0')]);
    await pass(150);
    const granted: number[] = [];
    for (let ms = 0; ms < 8000; ms += 10) {
      if (batcher.accepts('events', 1) === 'probe') granted.push(ms);
      await pass(10);
    }
    const gaps = granted.slice(1).map((at, i) => at - granted[i]);
    expect(granted.length).toBeGreaterThan(3);
    expect(granted.length).toBeLessThan(12);
    expect(Math.min(...gaps)).toBeGreaterThanOrEqual(340);
    void batcher.redeliver('events', 1, [message('probe', 1)]);
    await pass(5000);
    expect(batcher.accepts('events', 0)).toBe('no');
  });

  it('probes with a request when the store takes nothing either', async () => {
    const batcher = await aBatcher();
    store.refusal = 'full';
    engine.answer = () => gone();
    void batcher.deliver([message('0')]);
    await pass(150);
    expect((await batcher.deliver([message('1')])).failures).toMatchObject([{ reason: 'full' }]);
    engine.answer = () => ok;
    await pass(1000);
    const probe = batcher.deliver([message('2')]);
    await pass(10);
    expect(await probe).toMatchObject({ delivered: 1 });
    expect(circuits).toEqual(['1 open', '1 closed']);
  });

  it('stores at once what is for topics that nobody can be asked about', async () => {
    engine.down = true;
    const batcher = await aBatcher();
    const first = batcher.deliver([message('0')]);
    await pass(100);
    const second = batcher.deliver([message('1')]);
    await pass(1);
    expect(await second).toMatchObject({ stored: 1 });
    expect(await first).toMatchObject({ stored: 1 });
    expect(store.stored).toEqual(['0', '1']);
  });
});

describe('Batcher: unknown topics', () => {
  it('stores together, in order, what waited for its partitions too long and what came later', async () => {
    engine.metadata = () => new Promise(() => undefined);
    engine.down = true;
    const batcher = await aBatcher();
    const first = batcher.deliver([message('0')]);
    await pass(1500);
    const second = batcher.deliver([message('1')]);
    await pass(600);
    const third = batcher.deliver([message('2')]);
    await pass(1);
    expect((await Promise.all([first, second, third])).map(({ stored }) => stored)).toEqual([1, 1, 1]);
    expect(store.stored).toEqual(['0', '1', '2']);
  });
});

describe('Batcher: the way back', () => {
  it('sends stored messages before those that wait for them, and these when it is told', async () => {
    const batcher = await aBatcher();
    store.held.set('events/0', 'last');
    const waiting = batcher.deliver([message('new')]);
    await pass(50);
    expect(engine.requests).toHaveLength(0);
    const back = batcher.redeliver('events', 0, [message('old')]);
    await pass(50);
    expect(await back).toMatchObject({ delivered: 1 });
    expect(engine.values()).toEqual(['old']);
    store.held.delete('events/0');
    batcher.release('events', 0);
    await pass(1);
    expect(await waiting).toMatchObject({ delivered: 1 });
    expect(engine.values()).toEqual(['old', 'new']);
  });

  it('hands over what waits when it is told that the store’s messages do not get through', async () => {
    const batcher = await aBatcher();
    store.held.set('events/0', 'last');
    const waiting = batcher.deliver([message('1'), message('2')]);
    batcher.surrender('events', 0);
    await pass(1);
    expect(await waiting).toMatchObject({ stored: 2 });
    expect(store.stored).toEqual(['1', '2']);
  });

  it('resends a stored batch as the same one for as long as it takes', async () => {
    const batcher = await aBatcher();
    const seen = new Set<unknown>();
    let isDown = true;
    engine.answer = (batch) => {
      seen.add(batch);
      return isDown ? gone('ETIMEDOUT', true) : ok;
    };
    const back = batcher.redeliver('events', 0, [message('0'), message('1')]);
    await pass(60_000);
    expect(store.stored).toEqual([]);
    isDown = false;
    await pass(2000);
    expect(await back).toMatchObject({ delivered: 2 });
    expect(seen.size).toBe(1);
  });

  it('keeps stored messages that make several batches in order when the first is refused once, and when it is halved', async () => {
    const batcher = await aBatcher();
    const numbers = Array.from({ length: 30 }, (_, i) => i);
    const large = (value: number) => message(String(value).padEnd(1000, '.'));
    const seen = () => engine.values().map((value) => Number(value.replaceAll('.', '')));
    for (const first of [refused('retryable'), refused('too_large', 'MESSAGE_TOO_LARGE')]) {
      engine.written.clear();
      let failures = 1;
      engine.answer = () => (failures-- > 0 ? first : ok);
      const back = batcher.redeliver('events', 0, numbers.map(large));
      await pass(500);
      expect(await back).toMatchObject({ delivered: 30, failures: [] });
      expect(seen()).toEqual(numbers);
    }
  });

  it('gives back what is for a partition that its topic has no more, and stores what waits behind it', async () => {
    const batcher = await aBatcher();
    engine.answer = () => refused('retryable', 'UNKNOWN_TOPIC_OR_PARTITION');
    const stored = batcher.redeliver('events', 2, [message('stored-1', 2), message('stored-2', 2)]);
    await pass(100);
    store.held.set('events/2', 'last');
    const waiting = batcher.deliver([message('waits', 2)]);
    engine.topics = { events: [1, 1] };
    await pass(3000);
    const failure = { kind: 'undelivered', reason: 'UNKNOWN_TOPIC_OR_PARTITION', ambiguous: false, final: false };
    expect(await stored).toMatchObject({
      failures: [
        { index: 0, ...failure },
        { index: 1, ...failure },
      ],
    });
    expect(await waiting).toMatchObject({ stored: 1 });
    expect(store.stored).toEqual(['waits']);
    expect(batcher.queuedBytes).toBe(0);
  });

  it('finds the one message that is refused for good, and delivers the others', async () => {
    const batcher = await aBatcher();
    engine.answer = (batch) => (valuesOf(batch).includes('2') ? refused('invalid', 'INVALID_RECORD') : ok);
    const back = batcher.redeliver(
      'events',
      0,
      ['0', '1', '2', '3'].map((value) => message(value)),
    );
    await pass(500);
    expect(await back).toMatchObject({ delivered: 3, failures: [{ index: 2, reason: 'INVALID_RECORD', final: true }] });
    expect(engine.values()).toEqual(['0', '1', '3']);
  });

  it('waits for a right that is missing: that is not the message’s fault', async () => {
    const batcher = await aBatcher();
    engine.answer = () => refused('retryable', 'TOPIC_AUTHORIZATION_FAILED', true);
    const back = batcher.redeliver('events', 0, [message('0')]);
    await pass(30_000);
    engine.answer = () => ok;
    await pass(2000);
    expect(await back).toMatchObject({ delivered: 1, failures: [] });
  });

  it('gives back, with what stands behind it, the one message that is refused ten times for a reason of nobody’s list', async () => {
    const batcher = await aBatcher();
    const alone: number[] = [];
    engine.answer = (batch) => {
      if (!valuesOf(batch).includes('2')) return ok;
      if (batch.records.length === 1) alone.push(1);
      return refused('unlisted', 'UNKNOWN_SERVER_ERROR', true);
    };
    const back = batcher.redeliver(
      'events',
      0,
      ['0', '1', '2', '3'].map((value) => message(value)),
    );
    await pass(60_000);
    expect(await back).toMatchObject({
      delivered: 2,
      failures: [
        { index: 2, reason: 'UNKNOWN_SERVER_ERROR', final: false, alone: true },
        { index: 3, reason: 'BEHIND_REFUSED', final: false },
      ],
    });
    expect(alone).toHaveLength(10);
    expect(engine.values()).toEqual(['0', '1']);
    expect(batcher.queuedBytes).toBe(0);
  });

  it('does not count answers that never came, nor different reasons, as refusals of a message', async () => {
    const batcher = await aBatcher();
    let n = 0;
    engine.answer = () => {
      n++;
      return n % 3 === 0 ? gone('ETIMEDOUT', true) : refused('unlisted', n % 2 === 0 ? 'UNKNOWN_SERVER_ERROR' : 'INVALID_REQUEST', true);
    };
    const back = batcher.redeliver('events', 0, [message('0')]);
    await pass(60_000);
    engine.answer = () => ok;
    await pass(2000);
    expect(await back).toMatchObject({ delivered: 1, failures: [] });
    expect(n).toBeGreaterThan(30);
  });

  it('gives stored messages back when it closes, and stores the others', async () => {
    const batcher = await aBatcher();
    engine.answer = () => new Promise(() => undefined);
    const back = batcher.redeliver('events', 0, [message('stored')]);
    const direct = batcher.deliver([message('direct', 1)]);
    const closed = batcher.close(5000);
    await pass(2500);
    await closed;
    expect((await back).failures).toMatchObject([{ reason: 'CLOSING', final: false }]);
    expect(await direct).toMatchObject({ stored: 1 });
    expect(store.stored).toEqual(['direct']);
  });
});

describe('Batcher: times', () => {
  const HOUR = 3_600_000;
  let sent: { time: number; bounds: unknown }[];

  /** A broker with a clock of its own, which takes what is at most an hour ahead of it. */
  function aBrokerAhead(ms: number, told = true): void {
    sent = [];
    engine.answer = ({ timestamp, bounds }) => {
      const to = Date.now() + ms + HOUR;
      const time = within(timestamp, bounds);
      sent.push({ time, bounds });
      return time <= to ? ok : outcomeOf(32, -1n, { errorMessage: told ? `within [${to - 1e17}, ${to}]` : null });
    };
  }

  it('sends a batch again at once, in place, with the nearest time that its broker takes, and the next ones so at first', async () => {
    const batcher = await aBatcher();
    aBrokerAhead(-2 * HOUR);
    const first = batcher.deliver([message('0')]);
    await pass(10);
    expect(await first).toMatchObject({ delivered: 1, stored: 0 });
    await pass(30_000);
    const second = batcher.deliver([message('1')]);
    await pass(10);
    expect(await second).toMatchObject({ delivered: 1 });
    expect(engine.values()).toEqual(['0', '1']);
    expect(sent.map(({ time }) => Math.round((time - Date.now()) / 60_000))).toEqual(
      [-1, -61, -60].map((m) => expect.closeTo(m, 0) as number),
    );
    expect(aheads).toEqual([expect.closeTo(HOUR, -2)]);
    expect(circuits).toEqual([]);
  });

  it('forgets after a minute, so that a clock that was put right counts again', async () => {
    const batcher = await aBatcher();
    aBrokerAhead(-2 * HOUR);
    void batcher.deliver([message('0')]);
    await pass(70_000);
    aBrokerAhead(0);
    void batcher.deliver([message('1'), message('2')]);
    await pass(61_000);
    void batcher.deliver([message('3')]);
    await pass(10);
    expect(sent.at(-1)).toEqual({ time: expect.closeTo(Date.now(), -3), bounds: undefined });
  });

  it('sends no time at all when it cannot read the range, or when the range is of no use', async () => {
    const batcher = await aBatcher();
    aBrokerAhead(-2 * HOUR, false);
    const unread = batcher.deliver([message('0')]);
    await pass(10);
    expect(await unread).toMatchObject({ delivered: 1 });
    expect(sent.map(({ time }) => time)).toEqual([expect.any(Number), -1]);

    let n = 0;
    engine.answer = ({ timestamp, bounds }) =>
      within(timestamp, bounds) === -1 || n++ > 20 ? ok : outcomeOf(32, -1n, { errorMessage: `within [1, ${Date.now() - HOUR}]` });
    const useless = batcher.deliver([message('1', 2), message('2', 2)]);
    await pass(70_000);
    expect(await useless).toMatchObject({ delivered: 2 });
    expect(n).toBeLessThan(4);
  });

  it('is an error like others when a broker does not even take what has no time', async () => {
    const batcher = await aBatcher();
    engine.answer = () => outcomeOf(32, -1n);
    const report = batcher.deliver([message('0')]);
    await pass(2100);
    expect(await report).toMatchObject({ stored: 1 });
    expect(engine.requests.length).toBeLessThan(10);
  });

  it('carries no time while the clock stands before this release was made', async () => {
    vi.setSystemTime(Date.UTC(2006, 0, 1));
    const batcher = await aBatcher();
    aBrokerAhead(20 * 365 * 24 * HOUR);
    void batcher.deliver([message('0')]);
    await pass(10);
    vi.setSystemTime(RELEASED_AT + 1);
    void batcher.deliver([message('1')]);
    await pass(10);
    expect(sent.map(({ time }) => time)).toEqual([-1, expect.closeTo(RELEASED_AT, -3)]);
  });
});

describe('Batcher: what fails here', () => {
  const failsHere = (batch: { records: readonly unknown[] }): PartitionOutcome =>
    valuesOf(batch as never).includes('bad') ? failedHere(new RangeError('no number')) : ok;

  it('is reported to its sender alone: no circuit opens, nothing of it is stored, the others of its batch are delivered', async () => {
    const batcher = await aBatcher();
    engine.answer = failsHere;
    void batcher.deliver([message('bad')]);
    await pass(10);
    expect(health.report().brokers.map(({ error }) => error)).toEqual([undefined, undefined]);
    const reports = [batcher.deliver([message('0'), message('1')]), batcher.deliver([message('bad')]), batcher.deliver([message('2')])];
    await pass(10);
    expect(await Promise.all(reports)).toMatchObject([
      { delivered: 2, stored: 0 },
      { delivered: 0, stored: 0, failures: [{ reason: 'LOCAL_FAILURE: no number', ambiguous: false, final: false }] },
      { delivered: 1, stored: 0 },
    ]);
    expect(engine.values()).toEqual(['0', '1', '2']);
    expect([circuits, store.stored]).toEqual([[], []]);
    expect(batcher.queuedBytes).toBe(0);
  });

  it('is found in the store too, after ten tries alone, while new messages of other partitions go on', async () => {
    const batcher = await aBatcher();
    engine.answer = failsHere;
    const back = batcher.redeliver('events', 0, [message('0'), message('bad'), message('1')]);
    await pass(60_000);
    expect(await back).toMatchObject({ delivered: 1, failures: [{ index: 1, alone: true }, { index: 2 }] });
    expect(circuits).toEqual([]);
    expect(batcher.accepts('events', 0)).toBe('yes');
  });
});
