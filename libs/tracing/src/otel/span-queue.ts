import { Logger } from '@nestjs/common';
import { RepeatedLine } from '@app/event';
import { ExportResultCode, type ExportResult } from '@opentelemetry/core';
import { BatchSpanProcessor, type ReadableSpan, type SpanExporter, type SpanProcessor } from '@opentelemetry/sdk-trace';
import type { TracingMetrics } from '../tracing-metrics.js';

/** Spans that may wait for the collector: a few MB, and a few seconds of a busy process that traces all. */
const MAX_WAITING = 2048;
const BATCH = 512;
const EVERY_MS = 2000;

/**
 * Between the spans and the collector: batches, and a bound. What a slow or missing collector makes wait beyond it is dropped, and
 * both kinds of loss are counted; OpenTelemetry's own queue is bounded too, but keeps its losses to itself.
 */
export class SpanQueue implements SpanProcessor {
  readonly #batches: BatchSpanProcessor;
  readonly #trouble = new RepeatedLine(60_000);
  readonly #logger = new Logger('Tracing');
  #waiting = 0;

  constructor(
    private readonly exporter: SpanExporter,
    exportTimeoutMs: number,
    private readonly metrics: TracingMetrics,
  ) {
    this.#batches = new BatchSpanProcessor({
      exporter: { export: (spans, done) => this.#export(spans, done), shutdown: () => exporter.shutdown() },
      maxQueueSize: MAX_WAITING,
      maxExportBatchSize: BATCH,
      scheduledDelayMillis: EVERY_MS,
      exportTimeoutMillis: exportTimeoutMs,
    });
  }

  onStart(): void {}

  onEnd(span: ReadableSpan): void {
    if (this.#waiting >= MAX_WAITING) return this.metrics.dropped('queue_full', 1);
    this.#waiting++;
    this.#batches.onEnd(span);
  }

  forceFlush(): Promise<void> {
    return this.#batches.forceFlush();
  }

  shutdown(): Promise<void> {
    return this.#batches.shutdown();
  }

  #export(spans: ReadableSpan[], done: (result: ExportResult) => void): void {
    this.#waiting -= spans.length;
    this.exporter.export(spans, (result) => {
      if (result.code === ExportResultCode.SUCCESS) this.metrics.exported(spans.length);
      else this.#lost(spans.length, result.error);
      done(result);
    });
  }

  #lost(count: number, error: Error | undefined): void {
    this.metrics.dropped('export_failed', count);
    const lost = this.#trouble.add(count);
    if (lost > 0) this.#logger.warn(`${lost} spans could not be exported: ${error?.message ?? 'no reason given'}`);
  }
}
