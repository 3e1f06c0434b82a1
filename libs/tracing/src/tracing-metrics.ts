/** What the room counts; the metrics room gives the numbers their names. */
export abstract class TracingMetrics {
  /** Spans that the collector took. */
  abstract exported(spans: number): void;
  /** Spans that were lost: the queue was full, or the collector did not take them. */
  abstract dropped(cause: 'queue_full' | 'export_failed', spans: number): void;
}
