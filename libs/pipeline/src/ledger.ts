/**
 * Counts every input event exactly once: received = ingested + spooled + dropped + rejected holds whenever no request
 * is under way. The pipeline owns the port; the metrics room implements it.
 */
export abstract class Ledger {
  /** Events found in a request, before anything was decided. */
  abstract received(count: number): void;
  /** Durable where its consumers read. */
  abstract ingested(count: number): void;
  /** Durable in the spool, on its way. */
  abstract spooled(count: number): void;
  /** Discarded, answered 200. */
  abstract dropped(cause: string, count: number): void;
  /** Refused, answered 4xx or 5xx. */
  abstract rejected(cause: string, count: number): void;
  /** Taken, but not as it was sent; counted beside its fate. */
  abstract adjusted(cause: string, count: number): void;
  /** A processor threw; the event went on or was dropped as it asked. */
  abstract processorFailed(processor: string): void;
}
