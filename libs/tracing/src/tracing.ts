import type { EventSink } from '@app/pipeline';
import type { FastifyInstance, FastifyRequest } from 'fastify';

/** What a log line of a traced request says beside its text; the names are OpenTelemetry's. */
export interface LogFields {
  readonly trace_id: string;
  readonly span_id: string;
  readonly trace_flags: '01';
}

export interface TracingLimits {
  /** How long the last spans may take to leave at shutdown, milliseconds. */
  readonly flushLimitMs: number;
  /** Largest message that brokers take, bytes: no event shall be too big for a header of ours. */
  readonly messageMaxBytes: number;
}

/** The seams by which a gateway is traced. Provided only where tracing is on. */
export abstract class Tracing {
  /**
   * Adds the hooks that time a request's stages; to be called before the hooks that are to be timed are added.
   *
   * @param isTraced whether requests of this route are traced at all
   */
  abstract addHooks(fastify: FastifyInstance, isTraced: (request: FastifyRequest) => boolean): void;
  /** A sink that times `sink` for traced requests, and is as good as it for the others. */
  abstract wrap(sink: EventSink): EventSink;
  /** Of the traced request that the caller works for; undefined where there is none. */
  abstract logFields(): LogFields | undefined;
}
