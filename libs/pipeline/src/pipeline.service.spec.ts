import { setImmediate as turn } from 'node:timers/promises';
import { Logger } from '@nestjs/common';
import fc from 'fast-check';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { CaptureError, Drop, drop, type Ack, type CapturedEvent, type DroppedEvent } from '@app/event';
import { aContext, anEvent } from '@app/testing';
import { AdmitAll } from './admission.js';
import { EventProcessor } from './event-processor.js';
import { EventSink, type Delivery } from './event-sink.js';
import { Ledger } from './ledger.js';
import type { PipelineExplorer, Step } from './pipeline.explorer.js';
import { PipelineService } from './pipeline.service.js';

/** Counts as the metrics do. */
class CountingLedger extends Ledger {
  readonly counts: Record<string, number> = {};
  received = (count: number) => this.add('received', count);
  ingested = (count: number) => this.add('ingested', count);
  spooled = (count: number) => this.add('spooled', count);
  dropped = (cause: string, count: number) => this.add(`dropped ${cause}`, count);
  rejected = (cause: string, count: number) => this.add(`rejected ${cause}`, count);
  adjusted = (cause: string, count: number) => this.add(`adjusted ${cause}`, count);
  processorFailed = (name: string) => this.add(`failed ${name}`, 1);

  private add(name: string, count: number): void {
    this.counts[name] = (this.counts[name] ?? 0) + count;
  }
}

class Accepting extends AdmitAll {
  readonly seen: number[] = [];
  override accepted(events: readonly CapturedEvent[]): void {
    this.seen.push(...events.map(({ index }) => index));
  }
}

/** A sink that answers as it is told, and keeps what it got. */
class TestSink extends EventSink {
  readonly got: CapturedEvent[] = [];
  constructor(private readonly answer: (events: readonly CapturedEvent[]) => Partial<Delivery> | Promise<Partial<Delivery>> = () => ({})) {
    super();
  }
  // Not async: what `answer` throws is thrown at once.
  deliver(events: readonly CapturedEvent[]): Promise<Delivery> {
    this.got.push(...events);
    return Promise.resolve(this.answer(events)).then((delivery) => ({ ack: 'log', spooled: 0, dropped: [], ...delivery }));
  }
}

type Process = EventProcessor['process'];
const step = (name: string, process: Process, onError: Step['onError'] = 'pass'): Step => ({
  name,
  onError,
  processor: new (class extends EventProcessor {
    process = process;
  })(),
});

interface Setup {
  readonly steps?: readonly Step[];
  /** By route; `main` has one unless given. */
  readonly sinks?: Record<string, EventSink>;
}

function pipeline({ steps = [], sinks = {} }: Setup = {}) {
  const main = new TestSink();
  const ledger = new CountingLedger();
  const admission = new Accepting();
  const wiring = { steps, sinks: new Map(Object.entries({ main, ...sinks })) };
  const service = new PipelineService({ explore: () => wiring } as unknown as PipelineExplorer, ledger, admission);
  service.onApplicationBootstrap();
  const ingestEach = (events: readonly CapturedEvent[], refused?: readonly DroppedEvent[]) =>
    service.ingestEach(events, aContext(), refused);
  const ingest = (events: readonly CapturedEvent[], refused?: readonly DroppedEvent[]) => service.ingest(events, aContext(), refused);
  return { ingest, ingestEach, main, counts: ledger.counts, admission };
}

const events = (...names: string[]) => names.map((name, index) => anEvent({ index, name }));
const namesOf = ({ got }: TestSink) => got.map(({ name }) => name);
const BOT = drop('bot_traffic');
const BAD = new Drop('event_too_big', 'message of 9 bytes', 'event_too_big');
const lost = (index: number, reason = BAD, inputs?: number): DroppedEvent => ({ index, uuid: undefined, drop: reason, inputs });

let logged: string[];
beforeEach(() => {
  logged = [];
  vi.spyOn(Logger.prototype, 'error').mockImplementation((line: unknown) => void logged.push(String(line)));
});
afterEach(() => {
  vi.restoreAllMocks();
});

describe('PipelineService: steps', () => {
  it('run one after the other, each on what the one before gave', async () => {
    const rename = (suffix: string) => step(suffix, (event) => ({ ...event, name: event.name + suffix }));
    const { ingest, main } = pipeline({ steps: [rename('b'), rename('c')] });
    await ingest(events('a'));
    expect(namesOf(main)).toEqual(['abc']);
  });

  it('are not run on an event that one has dropped', async () => {
    const later = vi.fn<Process>((event) => event);
    const { ingest, main, counts } = pipeline({
      steps: [step('Filter', ({ name }) => (name === 'b' ? BOT : anEvent({ name }))), step('Later', later)],
    });
    const { accepted, dropped, ack } = await ingest(events('a', 'b', 'c'));
    expect([namesOf(main), later.mock.calls.length, accepted, ack]).toEqual([['a', 'c'], 2, 2, 'log']);
    expect(dropped).toMatchObject([{ index: 1, uuid: anEvent().uuid, drop: BOT }]);
    expect(counts).toEqual({ 'dropped bot_traffic': 1, ingested: 2 });
  });

  it('may give several events in the place of one: each goes on for itself, and one input is counted', async () => {
    const split = step('Split', (event) => ['x', 'y', 'z'].map((name) => ({ ...event, name })));
    const filter = step('Filter', (event) => (event.name === 'y' ? BOT : event));
    const { ingest, main, counts } = pipeline({ steps: [split, filter] });
    const { accepted, dropped } = await ingest(events('a'));
    expect([namesOf(main), main.got.map(({ inputs }) => inputs), accepted, dropped]).toEqual([['x', 'z'], [1, 0], 1, []]);
    expect(counts).toEqual({ ingested: 1 });
  });

  it('that give nothing in the place of one have dropped it', async () => {
    const { ingest, counts } = pipeline({ steps: [step('Nothing', () => [])] });
    expect(await ingest(events('a'))).toMatchObject({ accepted: 0, ack: undefined, dropped: [{ index: 0 }] });
    expect(counts).toEqual({ 'dropped processor_left_nothing': 1 });
  });

  it.each([
    ['pass', ['a'], { 'failed Broken': 1, ingested: 1 }],
    ['drop', [], { 'failed Broken': 1, 'dropped processor_failed': 1 }],
  ] as const)('that throw %s the event as they asked, under their name', async (onError, delivered, expected) => {
    const broken = step('Broken', () => {
      throw new TypeError('phc_secret');
    }, onError); // prettier-ignore
    const { ingest, main, counts } = pipeline({ steps: [broken] });
    await ingest(events('a'));
    expect([namesOf(main), counts]).toEqual([delivered, expected]);
    expect(logged).toHaveLength(1);
    expect(logged[0]).toContain('processor Broken threw TypeError');
    expect(logged[0]).not.toContain('phc_secret');
  });

  it('that throw for each event are counted each time, and logged once a minute under each name with how often', async () => {
    vi.useFakeTimers({ toFake: ['performance'] });
    try {
      const broken = (name: string) => step(name, () => expect.fail());
      const { ingest, counts } = pipeline({ steps: [broken('Broken'), broken('Other')] });
      for (let i = 0; i < 5; i++) await ingest(events('a', 'b'));
      expect([counts['failed Broken'], counts['failed Other']]).toEqual([10, 10]);
      expect(logged.map((line) => /^processor (\w+)/.exec(line)?.[1])).toEqual(['Broken', 'Other']);
      vi.advanceTimersByTime(60_000);
      await ingest(events('a', 'b'));
      expect(logged).toHaveLength(4);
      expect(logged[2]).toMatch(/passed on, 10 times since the last such line$/);
    } finally {
      vi.useRealTimers();
    }
  });
});

describe('PipelineService: sinks', () => {
  const routed = (...routes: string[]) => routes.map((route, index) => anEvent({ index, name: route, route }));

  it('get their routes’ events together, in order', async () => {
    const audit = new TestSink();
    const both = new TestSink();
    const deliver = vi.spyOn(both, 'deliver');
    const { ingest, main } = pipeline({ sinks: { audit, overflow: both, heatmaps: both } });
    await ingest(routed('overflow', 'main', 'audit', 'heatmaps', 'main'));
    expect([namesOf(both), namesOf(main), namesOf(audit), deliver.mock.calls.length]).toEqual([
      ['overflow', 'heatmaps'],
      ['main', 'main'],
      ['audit'],
      1,
    ]);
  });

  it('are not asked when nothing is left', async () => {
    const { ingest, main } = pipeline();
    const deliver = vi.spyOn(main, 'deliver');
    expect(await ingest([])).toEqual({ ack: undefined, accepted: 0, dropped: [] });
    expect(deliver).not.toHaveBeenCalled();
  });

  it.each<[Ack[], Ack]>([
    [['kafka', 'spool'], 'spool'],
    [['spool', 'kafka'], 'spool'],
    [['spool-ephemeral', 'log'], 'spool-ephemeral'],
    [['kafka', 'kafka'], 'kafka'],
  ])('that promise %j together promise %s', async ([first, second], expected) => {
    const { ingest } = pipeline({ sinks: { main: new TestSink(() => ({ ack: first })), audit: new TestSink(() => ({ ack: second })) } });
    expect((await ingest(routed('main', 'audit'))).ack).toBe(expected);
  });

  it.each([
    ['rejects', () => Promise.reject(new CaptureError('transient'))],
    [
      'throws at once',
      () => {
        throw new CaptureError('transient');
      },
    ],
  ])('are all waited for when one %s, and the request fails', async (_, fail) => {
    let finish: () => void = () => undefined;
    const slow = new TestSink(() => new Promise((resolve) => (finish = () => resolve({}))));
    const { ingest, counts, admission } = pipeline({ sinks: { audit: slow, main: new TestSink(fail) } });
    let settled = false;
    const ingestion = ingest(routed('audit', 'main')).finally(() => (settled = true));
    ingestion.catch(() => undefined);
    await turn();
    expect(settled).toBe(false);
    finish();
    await expect(ingestion).rejects.toThrow('transient error, please retry');
    // The error filter counts all of the request.
    expect([counts, admission.seen]).toEqual([{}, []]);
  });

  it('do not exist for a route that a step has made up: our failure', async () => {
    const { ingest } = pipeline({ steps: [step('Lost', (event) => ({ ...event, route: 'nowhere' }))] });
    await expect(ingest(events('a'))).rejects.toMatchObject({ code: 'internal' });
  });
});

describe('PipelineService: the account', () => {
  it('tells spooled, ingested and dropped apart', async () => {
    const main = new TestSink(() => ({ ack: 'spool', spooled: 2, dropped: [lost(1)] }));
    const { ingest, counts, admission } = pipeline({ sinks: { main } });
    const { accepted, ack } = await ingest(events('a', 'b', 'c', 'd'), [lost(4, BAD)]);
    expect([accepted, ack, counts]).toEqual([3, 'spool', { 'dropped event_too_big': 2, spooled: 2, ingested: 1 }]);
    expect(admission.seen).toEqual([0, 2, 3]);
  });

  it('refuses a request of nothing but bad events with the first one’s reason, and counts nothing', async () => {
    const { ingest, counts } = pipeline({ sinks: { main: new TestSink(() => ({ dropped: [lost(1)] })) } });
    const refused = [lost(0, new Drop('missing_distinct_id', 'event 0', 'missing_distinct_id'))];
    await expect(ingest([anEvent({ index: 1 })], refused)).rejects.toThrow('event submitted without a distinct_id: event 0');
    expect(counts).toEqual({});
  });

  it('answers one of which our own rules have discarded a part', async () => {
    const { ingest, counts } = pipeline({ steps: [step('Filter', () => BOT)] });
    expect(await ingest(events('a'), [lost(1)])).toMatchObject({ accepted: 0, ack: undefined });
    expect(counts).toEqual({ 'dropped event_too_big': 1, 'dropped bot_traffic': 1 });
  });

  it('promises nothing where steps and sinks have dropped all', async () => {
    const main = new TestSink(([{ index }]) => ({ dropped: [lost(index)] }));
    const { ingest, counts } = pipeline({ steps: [step('Filter', (event) => (event.index === 0 ? BOT : event))], sinks: { main } });
    expect(await ingest(events('a', 'b'))).toMatchObject({ accepted: 0, ack: undefined });
    expect(counts).toEqual({ 'dropped event_too_big': 1, 'dropped bot_traffic': 1 });
  });

  it('leaves out what the gateway made beside an event', async () => {
    const heatmap = anEvent({ index: 0, name: 'heatmap', inputs: 0 });
    const sink = new TestSink(() => ({ dropped: [lost(0, BAD, 0)] }));
    const beside = pipeline({ sinks: { main: sink } });
    expect(await beside.ingest([...events('a'), heatmap])).toMatchObject({ accepted: 1, ack: 'log' });
    expect(beside.counts.ingested).toBe(1);
    const filtered = pipeline({ steps: [step('Filter', (event) => (event.inputs === 0 ? BOT : event))] });
    expect(await filtered.ingest([...events('a'), heatmap])).toMatchObject({ accepted: 1, dropped: [] });
  });

  it('counts a merged message by the events in it', async () => {
    const merged = [anEvent({ index: 0, inputs: 5 }), anEvent({ index: 5, inputs: 3 })];
    const sink = new TestSink(() => ({ dropped: [lost(5, BAD, 3)] }));
    const { ingest, counts } = pipeline({ sinks: { main: sink } });
    expect((await ingest(merged)).accepted).toBe(5);
    expect(counts).toEqual({ 'dropped event_too_big': 3, ingested: 5 });
  });

  it('adds up: every input event is counted once, whatever steps and sinks do', async () => {
    // What a step does to an event, and what its sink does then.
    const fate = fc.record({
      step: fc.constantFrom('pass', 'drop', 'split', 'throw', 'nothing'),
      sink: fc.constantFrom('take', 'spool', 'refuse'),
      inputs: fc.constantFrom(1, 1, 0, 4),
      isRefused: fc.boolean(),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(fate, { maxLength: 12 }), async (fates) => {
        const steps = [
          step('Any', (event) => {
            const { step: what } = fates[event.index];
            if (what === 'throw') throw new Error('x');
            return { pass: event, drop: BOT, split: [event, event], nothing: [], throw: event }[what];
          }),
        ];
        const main = new TestSink((got) => {
          const where = (sink: string) => got.filter(({ index }) => fates[index].sink === sink);
          return {
            spooled: where('spool').reduce((sum, { inputs }) => sum + inputs, 0),
            dropped: where('refuse').map(({ index, inputs }) => lost(index, BAD, inputs)),
          };
        });
        const { ingest, counts } = pipeline({ steps, sinks: { main } });
        const list = fates.map(({ inputs }, index) => anEvent({ index, inputs }));
        const refused = list.filter(({ index }) => fates[index].isRefused).map(({ index }) => lost(index, BAD));
        const taken = list.filter(({ index }) => !fates[index].isRefused);
        const received = refused.length + taken.reduce((sum, { inputs }) => sum + inputs, 0);
        const isRejected = await ingest(taken, refused).then(() => false, () => true); // prettier-ignore
        const counted = Object.entries(counts).filter(([name]) => !name.startsWith('failed'));
        expect(counted.reduce((sum, [, count]) => sum + count, 0)).toBe(isRejected ? 0 : received);
        expect(counted.every(([, count]) => count >= 0)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});

describe('PipelineService: event by event', () => {
  it('tells each its fate, counts each once, and delivers each for itself', async () => {
    const answers: Record<string, () => Partial<Delivery> | Promise<Partial<Delivery>>> = {
      stored: () => ({ ack: 'kafka' }),
      spooled: () => ({ ack: 'spool', spooled: 1 }),
      big: () => ({ dropped: [lost(2)] }),
      down: () => Promise.reject(new CaptureError('transient')),
    };
    const main = new TestSink(([{ name }]) => answers[name]());
    const { ingestEach, counts, admission } = pipeline({
      sinks: { main },
      steps: [step('Filter', (event) => (event.name === 'bot' ? BOT : event))],
    });
    const fates = await ingestEach(events('stored', 'spooled', 'big', 'down', 'bot'), [lost(5)]);
    expect([0, 1, 2, 3, 4, 5].map((index) => fates.get(index)?.kind)).toEqual([
      'accepted',
      'accepted',
      'dropped',
      'retry',
      'dropped',
      'dropped',
    ]);
    expect(counts).toEqual({
      ingested: 1,
      spooled: 1,
      'rejected kafka_write_error': 1,
      'dropped event_too_big': 2,
      'dropped bot_traffic': 1,
    });
    expect([admission.seen, logged]).toEqual([[0, 1], []]);
  });

  it('logs what a sink throws by mistake, by name alone, and asks for the event again', async () => {
    const main = new TestSink(() => Promise.reject(new TypeError('phc_secret')));
    const { ingestEach } = pipeline({ sinks: { main } });
    expect((await ingestEach(events('a'))).get(0)).toEqual({ kind: 'retry' });
    expect(logged).toEqual(['a sink threw TypeError']);
  });
});
