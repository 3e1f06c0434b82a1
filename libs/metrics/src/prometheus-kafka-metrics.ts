import { Injectable } from '@nestjs/common';
import { InjectMetric } from '@willsoto/nestjs-prometheus';
import { KafkaMetrics, type CircuitState } from '@app/kafka';
import type { Counter, Gauge, Histogram } from 'prom-client';

@Injectable()
export class PrometheusKafkaMetrics extends KafkaMetrics {
  constructor(
    @InjectMetric('capture_messages_produced_total') private readonly messages: Counter<'topic'>,
    @InjectMetric('capture_kafka_produce_bytes_total') private readonly bytes: Counter<'topic'>,
    @InjectMetric('capture_kafka_produce_errors_total') private readonly errors: Counter<'topic' | 'error'>,
    @InjectMetric('capture_kafka_produce_ack_duration_ms') private readonly acks: Histogram<'topic' | 'outcome'>,
    @InjectMetric('capture_messages_undelivered_total') private readonly undeliveredTotal: Counter<'topic' | 'stored'>,
    @InjectMetric('capture_kafka_producer_queue_bytes') private readonly queue: Gauge,
    @InjectMetric('capture_kafka_producer_queue_bytes_limit') private readonly queueLimit: Gauge,
    @InjectMetric('capture_emit_failures_total') private readonly emitFailures: Counter<'topic'>,
    @InjectMetric('capture_kafka_clock_gap_seconds') private readonly gap: Gauge,
    @InjectMetric('capture_circuit_state') private readonly circuits: Gauge<'topic' | 'leader'>,
  ) {
    super();
  }

  produced(topic: string, messages: number, bytes: number): void {
    this.messages.inc({ topic }, messages);
    this.bytes.inc({ topic }, bytes);
  }

  produceError(topic: string, error: string): void {
    this.errors.inc({ topic, error });
  }

  ackSeconds(topic: string, outcome: 'ok' | 'error', seconds: number): void {
    this.acks.observe({ topic, outcome }, seconds * 1000);
  }

  undelivered(topic: string, messages: number, stored: boolean): void {
    this.undeliveredTotal.inc({ topic, stored: String(stored) }, messages);
  }

  queueBytes(bytes: number, limit: number): void {
    this.queue.set(bytes);
    this.queueLimit.set(limit);
  }

  emitFailed(topic: string): void {
    this.emitFailures.inc({ topic });
  }

  clockGap(seconds: number): void {
    this.gap.set(seconds);
  }

  watchCircuits(read: () => readonly CircuitState[]): void {
    const { circuits } = this;
    const collect = () => {
      circuits.reset();
      for (const { topic, leader, isOpen } of read()) circuits.set({ topic, leader: String(leader) }, isOpen ? 1 : 0);
    };
    Object.assign(circuits, { collect });
  }
}
