import { Inject, Injectable, Logger, Optional, type OnApplicationBootstrap } from '@nestjs/common';
import {
  CaptureError,
  refusalOf,
  Drop,
  drop,
  inputsOf,
  RepeatedLine,
  weakerAck,
  type Ack,
  type CaptureContext,
  type CapturedEvent,
  type DroppedEvent,
  type Route,
} from '@app/event';
import { Admission } from './admission.js';
import { SINK_WRAPPER, type Delivery, type EventSink, type SinkWrapper } from './event-sink.js';
import { fatesOf, type Fate } from './fate.js';
import { Ledger } from './ledger.js';
import { PipelineExplorer, type Step } from './pipeline.explorer.js';
import { Pace } from './turns.js';

/** What became of a request's events. */
export interface Ingestion {
  /** The weakest promise among the accepted ones; undefined when none was accepted. */
  readonly ack: Ack | undefined;
  readonly accepted: number;
  readonly dropped: readonly DroppedEvent[];
}

const PROCESSOR_FAILED = drop('processor_failed');
/** A step gave no event in the place of one: without a drop it would be answered as accepted. */
const NOTHING_LEFT = drop('processor_left_nothing');

const FAILURES_EVERY_MS = 60_000;

/** Takes events through admit, filter, enrich and route to their sinks. */
@Injectable()
export class PipelineService implements OnApplicationBootstrap {
  private readonly logger = new Logger(PipelineService.name);
  private steps: readonly Step[] = [];
  private sinks: ReadonlyMap<Route, EventSink> = new Map();
  /** A broken processor fails for each event: a line each would be all that is in the log. */
  private readonly failures = new Map<string, RepeatedLine>();

  constructor(
    private readonly explorer: PipelineExplorer,
    private readonly ledger: Ledger,
    private readonly admission: Admission,
    @Optional() @Inject(SINK_WRAPPER) private readonly wrap?: SinkWrapper,
  ) {}

  onApplicationBootstrap(): void {
    const { steps, sinks } = this.explorer.explore();
    this.steps = steps;
    this.sinks = this.wrap === undefined ? sinks : wrapped(sinks, this.wrap);
  }

  /**
   * Resolves when every event is durable or dropped; `refused` are those that normalisation dropped before.
   *
   * @throws CaptureError `transient` when some event could not be made durable; the first bad event's own reason when
   *   a request holds nothing but bad events
   */
  async ingest(events: readonly CapturedEvent[], context: CaptureContext, refused: readonly DroppedEvent[] = []): Promise<Ingestion> {
    const dropped: DroppedEvent[] = [...refused];
    const outgoing: CapturedEvent[] = [];
    const pace = new Pace();
    for (const event of events) {
      const turn = pace.before(event.data.length);
      if (turn !== undefined) await turn;
      this.process(event, 0, context, outgoing, dropped);
    }

    const deliveries = await this.deliver(outgoing, context);
    let spooled = 0;
    let ack: Ack | undefined;
    for (const delivery of deliveries) {
      for (const event of delivery.dropped) dropped.push(event);
      spooled += delivery.spooled;
      ack = weakerAck(ack, delivery.ack);
    }
    const ingestion = this.settle(inputsOf(events) + inputsOf(refused), dropped, spooled, ack);
    this.admission.accepted(withoutDropped(outgoing, deliveries));
    return ingestion;
  }

  /**
   * The same, told event by event: what could not be made durable is to be sent again, and only that. Each event is
   * delivered for itself, so that one partition in trouble does not hold up the others' answer.
   *
   * @returns the fate of each event by its index; `refused` are those that normalisation dropped before
   */
  async ingestEach(
    events: readonly CapturedEvent[],
    context: CaptureContext,
    refused: readonly DroppedEvent[] = [],
  ): Promise<ReadonlyMap<number, Fate>> {
    const dropped: DroppedEvent[] = [...refused];
    const outgoing: CapturedEvent[] = [];
    const pace = new Pace();
    for (const event of events) {
      const turn = pace.before(event.data.length);
      if (turn !== undefined) await turn;
      this.process(event, 0, context, outgoing, dropped);
    }

    const deliveries = await this.deliverEach(outgoing, context);
    for (const delivery of deliveries)
      if (delivery.status === 'rejected' && !isTransient(delivery.reason)) this.logger.error(`a sink threw ${nameOf(delivery.reason)}`);
    const { fates, accepted } = fatesOf(outgoing, deliveries, dropped);
    this.countFates(fates.values());
    this.admission.accepted(accepted);
    return fates;
  }

  /** Each for itself; of many events some in each turn, while the others are on their way. */
  private async deliverEach(events: readonly CapturedEvent[], context: CaptureContext) {
    const pace = new Pace();
    const deliveries: Promise<PromiseSettledResult<readonly Delivery[]>>[] = [];
    for (const event of events) {
      const turn = pace.before(event.data.length);
      if (turn !== undefined) await turn;
      deliveries.push(settled(this.deliver([event], context)));
    }
    return Promise.all(deliveries);
  }

  private countFates(fates: Iterable<Fate>): void {
    for (const fate of fates) {
      if (fate.kind === 'dropped') this.ledger.dropped(fate.drop.cause, 1);
      else if (fate.kind === 'retry') this.ledger.rejected('kafka_write_error', 1);
      else if (fate.isSpooled) this.ledger.spooled(1);
      else this.ledger.ingested(1);
    }
  }

  private settle(inputs: number, dropped: readonly DroppedEvent[], spooled: number, ack: Ack | undefined): Ingestion {
    const accepted = inputs - inputsOf(dropped);
    if (accepted === 0) {
      const bad = dropped.find(({ drop: { rejection } }) => rejection !== undefined);
      // The filter counts them as rejected.
      if (bad?.drop.rejection && dropped.every(({ drop: { rejection } }) => rejection !== undefined))
        throw refusalOf(bad.drop, bad.drop.rejection);
    }
    this.count(dropped);
    if (spooled > 0) this.ledger.spooled(spooled);
    if (accepted - spooled > 0) this.ledger.ingested(accepted - spooled);
    return { ack: accepted > 0 ? ack : undefined, accepted, dropped };
  }

  /** Neighbours with one cause in one go: a batch over quota must not cost a metric's look-up per event. */
  private count(dropped: readonly DroppedEvent[]): void {
    for (let i = 0, from = 0; i < dropped.length; i++) {
      const { cause } = dropped[i].drop;
      if (cause === dropped[i + 1]?.drop.cause) continue;
      this.ledger.dropped(cause, inputsOf(dropped.slice(from, i + 1)));
      from = i + 1;
    }
  }

  /** Runs `event` through the steps from `from` on; where a step gives several events, each goes on for itself. */
  private process(event: CapturedEvent, from: number, context: CaptureContext, outgoing: CapturedEvent[], dropped: DroppedEvent[]): void {
    let current = event;
    for (let i = from; i < this.steps.length; i++) {
      const result = this.run(this.steps[i], current, context);
      if (result instanceof Drop) {
        if (current.inputs > 0) dropped.push({ index: current.index, uuid: current.uuid, drop: result, inputs: current.inputs });
        return;
      }
      if (Array.isArray(result)) {
        // The first stands for the input; what a step makes beside it would be counted twice.
        for (const [at, one] of (result as readonly CapturedEvent[]).entries())
          this.process(at === 0 ? one : { ...one, inputs: 0 }, i + 1, context, outgoing, dropped);
        return;
      }
      current = result as CapturedEvent;
    }
    outgoing.push(current);
  }

  private run({ processor, name, onError }: Step, event: CapturedEvent, context: CaptureContext) {
    try {
      const result = processor.process(event, context);
      return Array.isArray(result) && result.length === 0 ? NOTHING_LEFT : result;
    } catch (error) {
      this.ledger.processorFailed(name);
      this.logFailure(name, error, onError);
      return onError === 'drop' ? PROCESSOR_FAILED : event;
    }
  }

  private logFailure(name: string, error: unknown, onError: Step['onError']): void {
    let line = this.failures.get(name);
    if (line === undefined) this.failures.set(name, (line = new RepeatedLine(FAILURES_EVERY_MS)));
    const times = line.add();
    if (times === 0) return;
    const what = onError === 'drop' ? 'dropped' : 'passed on';
    const since = times > 1 ? `, ${times} times since the last such line` : '';
    this.logger.error(`processor ${name} threw ${nameOf(error)}; the event is ${what}${since}`);
  }

  /**
   * Straight to the sinks of their routes, past steps, admission and ledger: for what the gateway sends to itself.
   *
   * @returns one delivery a sink
   */
  async deliver(events: readonly CapturedEvent[], context: CaptureContext): Promise<readonly Delivery[]> {
    if (events.length === 0) return [];
    const bySink = new Map<EventSink, CapturedEvent[]>();
    for (const event of events) {
      const sink = this.sinks.get(event.route);
      if (sink === undefined) throw new CaptureError('internal', `no sink for route ${event.route}`);
      const group = bySink.get(sink);
      if (group === undefined) bySink.set(sink, [event]);
      else group.push(event);
    }
    // async: a sink that throws at once is a rejected delivery too, and must not leave the others' promises alone.
    const deliveries = await Promise.allSettled([...bySink].map(async ([sink, group]) => sink.deliver(group, context)));
    // All are waited for: an answer while one sink still works would let the client's retry overtake it.
    return deliveries.map((delivery) => {
      if (delivery.status === 'rejected') throw delivery.reason;
      return delivery.value;
    });
  }
}

/** One wrapper a sink, however many routes it serves: deliveries are grouped by it. */
function wrapped(sinks: ReadonlyMap<Route, EventSink>, wrap: SinkWrapper): ReadonlyMap<Route, EventSink> {
  const wrappers = new Map([...new Set(sinks.values())].map((sink) => [sink, wrap(sink)]));
  return new Map([...sinks].map(([route, sink]) => [route, wrappers.get(sink)!]));
}

/** At once, so that a failure is never one that nobody has heard of. */
function settled<T>(promise: Promise<T>): Promise<PromiseSettledResult<T>> {
  return promise.then(
    (value) => ({ status: 'fulfilled', value }),
    (reason: unknown) => ({ status: 'rejected', reason }),
  );
}

function isTransient(error: unknown): boolean {
  return error instanceof CaptureError && error.code === 'transient';
}

/** Never its message, which may quote an event. */
function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : typeof error;
}

function withoutDropped(events: readonly CapturedEvent[], deliveries: readonly Delivery[]): readonly CapturedEvent[] {
  const indices = new Set(deliveries.flatMap(({ dropped }) => dropped.map(({ index }) => index)));
  return indices.size === 0 ? events : events.filter(({ index }) => !indices.has(index));
}
