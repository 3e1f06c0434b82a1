import type { EventSink } from '@app/pipeline';

/** Where events leave, and what becomes of those that had to wait. The shell provides it with the output. */
export abstract class CanaryOutput {
  /** The sink of ordinary events. */
  abstract readonly sink: EventSink;
  /** Calls back for each message that leaves the spool for its topic. */
  abstract onDrained(listener: (message: DrainedMessage) => void): void;
}

export interface DrainedMessage {
  readonly topic: string;
  readonly headers: Readonly<Record<string, unknown>>;
}
