import { Injectable, applyDecorators, SetMetadata } from '@nestjs/common';
import type { Ack, CaptureContext, CapturedEvent, DroppedEvent, Route } from '@app/event';

export interface SinkOptions {
  /** The routes it serves. Every route has exactly one sink, or the boot stops with a named error. */
  readonly routes: readonly Route[];
}

export const SINK_OPTIONS = 'inlet:sink';

/** Marks a provider as the way out for some routes; the explorer finds it at boot. */
export const Sink = (options: SinkOptions): ClassDecorator => applyDecorators(Injectable(), SetMetadata(SINK_OPTIONS, options));

export interface Delivery {
  /** The weakest promise among these events. */
  readonly ack: Ack;
  /** How many of them are in the spool, not yet in their topic: the sum of their `inputs`. */
  readonly spooled: number;
  /** Events that can never be delivered (too big for their topic); the others are durable all the same. */
  readonly dropped: readonly DroppedEvent[];
}

/** Where a message goes, in the words of traces: `kafka` and the topic. */
export interface Destination {
  readonly system: string;
  readonly name: string;
}

/** Given a sink, the one to call in its place. */
export type SinkWrapper = (sink: EventSink) => EventSink;
/** Provide one to see what is delivered and what becomes of it; it is asked once for each sink, at boot. */
export const SINK_WRAPPER = 'inlet:sink-wrapper';

/** Makes events durable. */
export abstract class EventSink {
  /**
   * Resolves once every event is durable or reported as dropped; rejects with `CaptureError('transient')` if any is
   * not: the client then resends the whole request.
   */
  abstract deliver(events: readonly CapturedEvent[], context: CaptureContext): Promise<Delivery>;

  /** Undefined for a sink that is no messaging system. */
  destination(_event: CapturedEvent): Destination | undefined {
    return undefined;
  }
}
