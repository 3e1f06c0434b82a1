import {
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Attributes,
  type Context,
  type Span,
  type SpanContext,
  type Tracer,
} from '@opentelemetry/api';
import type { Ack } from '@app/event';
import type { EventSink } from '@app/pipeline';
import type { LogFields } from '../tracing.js';
import { Sending } from './sending.js';

/** In this order; each begins where the one before it ends. */
export type Stage = 'receive' | 'decode' | 'pipeline';

/** One traced request: its server span, the stage it is in, and what it sends. */
export class RequestTrace {
  /** Input events that a sink has taken. */
  accepted = 0;
  /** The weakest promise among them. */
  ack: Ack | undefined;
  readonly #server: Span;
  readonly #context: Context;
  readonly #sendings = new Map<EventSink, Sending>();
  #stage: Span | undefined;

  constructor(
    private readonly tracer: Tracer,
    name: string,
    parent: SpanContext | undefined,
  ) {
    const context = parent === undefined ? ROOT_CONTEXT : trace.setSpanContext(ROOT_CONTEXT, parent);
    this.#server = tracer.startSpan(name, { kind: SpanKind.SERVER, root: parent === undefined }, context);
    this.#context = trace.setSpan(ROOT_CONTEXT, this.#server);
  }

  enter(stage: Stage): void {
    this.#leave();
    this.#stage = this.tracer.startSpan(stage, undefined, this.#context);
  }

  /** What is under way to `sink`: one span, however many pieces the request is delivered in. */
  sendingTo(sink: EventSink, name: string): Sending {
    this.#leave();
    let sending = this.#sendings.get(sink);
    if (sending === undefined || sending.isOver) {
      sending = new Sending(this.tracer.startSpan(`deliver ${name}`, { kind: SpanKind.PRODUCER }, this.#context));
      this.#sendings.set(sink, sending);
    }
    return sending;
  }

  /** @param failure what went wrong on our side */
  end(attributes: Attributes, failure?: string): void {
    this.#leave();
    this.#server.setAttributes(attributes);
    if (failure !== undefined) this.#server.setAttribute('error.type', failure).setStatus({ code: SpanStatusCode.ERROR });
    this.#server.end();
  }

  get logFields(): LogFields | undefined {
    if (!this.#server.isRecording()) return undefined;
    const { traceId, spanId } = this.#server.spanContext();
    return { trace_id: traceId, span_id: spanId, trace_flags: '01' };
  }

  #leave(): void {
    this.#stage?.end();
    this.#stage = undefined;
  }
}
