import { makeCounterProvider, makeGaugeProvider, makeHistogramProvider } from '@willsoto/nestjs-prometheus';

/**
 * Every metric of the gateway, each a provider. Names are the reference service's where the meaning is the same, so that
 * dashboards keep working. Labels are bounded: route template, status, cause, topic, code; never a token or an id. Each
 * gauge says how those of several workers become one: `sum` of what each has for itself, `max` of what all have a copy of.
 */
export const METRIC_PROVIDERS = [
  // The admission ledger: received = ingested + spooled + dropped + rejected, in input events.
  makeCounterProvider({ name: 'capture_events_received_total', help: 'Input events found in requests.' }),
  makeCounterProvider({ name: 'capture_events_ingested_total', help: 'Input events durable where consumers read.' }),
  makeCounterProvider({ name: 'capture_events_spooled_total', help: 'Input events durable in the spool, on their way.' }),
  makeCounterProvider({ name: 'capture_events_dropped_total', help: 'Input events discarded and answered 200.', labelNames: ['cause'] }),
  makeCounterProvider({ name: 'capture_events_rejected_total', help: 'Input events refused with 4xx or 5xx.', labelNames: ['cause'] }),
  makeCounterProvider({
    name: 'capture_events_adjusted_total',
    help: 'Input events taken, but not as they were sent: with another time. Counted beside what became of them.',
    labelNames: ['cause'],
  }),

  makeCounterProvider({
    name: 'capture_replay_items_replaced_total',
    help: 'Items of recordings too big for any message, replaced by a marker.',
  }),
  makeCounterProvider({ name: 'capture_requests_refused_total', help: 'Requests refused, by reason.', labelNames: ['code'] }),
  makeCounterProvider({ name: 'capture_processor_failures_total', help: 'Processors that threw.', labelNames: ['processor'] }),

  makeCounterProvider({ name: 'capture_unknown_tokens_total', help: 'Requests with a token of no project.', labelNames: ['action'] }),
  makeGaugeProvider({ name: 'capture_projects', help: 'Projects known.', aggregator: 'max' }),
  makeGaugeProvider({ name: 'capture_projects_unreadable', help: 'Records of projects that could not be read.', aggregator: 'max' }),
  makeGaugeProvider({ name: 'capture_projects_age_seconds', help: 'Since the source of projects was read; -1 before.', aggregator: 'max' }),
  makeCounterProvider({ name: 'capture_privacy_violations_total', help: 'Events stopped with a protected address in them: always 0.' }),

  // Of the gateway's own events: no samples unless CANARY_ENABLED.
  makeGaugeProvider({
    name: 'capture_canary_age_seconds',
    help: 'Since the newest canary was sent that was acknowledged, or delivered.',
    aggregator: 'max',
    labelNames: ['fate'],
  }),
  makeHistogramProvider({
    name: 'capture_canary_seconds',
    help: 'From sending a canary until it was acknowledged, or delivered.',
    labelNames: ['fate'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 60, 300, 1800, 7200],
  }),
  makeCounterProvider({ name: 'capture_canary_answers_total', help: 'Canaries sent, by promise or failure.', labelNames: ['result'] }),

  makeHistogramProvider({
    name: 'capture_event_batch_size',
    help: 'Events in a request.',
    buckets: [1, 10, 25, 50, 75, 100, 250, 500, 750, 1000],
  }),
  makeGaugeProvider({ name: 'capture_in_flight_bytes', help: 'Bytes reserved by requests under way.', aggregator: 'sum' }),
  makeGaugeProvider({ name: 'capture_in_flight_bytes_limit', help: 'How many bytes requests under way may reserve.', aggregator: 'sum' }),

  makeGaugeProvider({ name: 'capture_connections', help: 'Connections that are open.', aggregator: 'sum' }),
  makeGaugeProvider({ name: 'capture_connections_limit', help: 'How many connections may be open.', aggregator: 'sum' }),
  makeCounterProvider({
    name: 'capture_connections_closed_total',
    help: 'Connections closed for others or for what they did: at the limit idle ones (room), slow ones (slow) and new ones (limit); idle too long; heads, chunks, pipelining or unread answers beyond what there is for them.',
    labelNames: ['reason'],
  }),

  makeCounterProvider({ name: 'http_requests_total', help: 'HTTP requests answered.', labelNames: ['method', 'path', 'status'] }),
  makeHistogramProvider({
    name: 'http_requests_duration_seconds',
    help: 'Time from the head of a request to the end of its answer.',
    labelNames: ['method', 'path', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
  }),

  makeCounterProvider({ name: 'capture_messages_produced_total', help: 'Messages that brokers acknowledged.', labelNames: ['topic'] }),
  makeCounterProvider({
    name: 'capture_kafka_produce_bytes_total',
    help: 'Bytes of acknowledged batches, before compression.',
    labelNames: ['topic'],
  }),
  makeCounterProvider({
    name: 'capture_kafka_produce_errors_total',
    help: 'Batches that brokers refused or did not answer.',
    labelNames: ['topic', 'error'],
  }),
  makeHistogramProvider({
    name: 'capture_kafka_produce_ack_duration_ms',
    help: 'From a produce request to its end, milliseconds.',
    labelNames: ['topic', 'outcome'],
    buckets: [1, 2, 5, 10, 25, 50, 100, 250, 500, 1000, 2500, 5000],
  }),
  makeCounterProvider({
    name: 'capture_messages_undelivered_total',
    help: 'Messages given up by the batcher: stored for later, or reported to their senders.',
    labelNames: ['topic', 'stored'],
  }),
  makeGaugeProvider({ name: 'capture_kafka_producer_queue_bytes', help: 'Bytes of messages waiting for brokers.', aggregator: 'sum' }),
  makeGaugeProvider({ name: 'capture_kafka_producer_queue_bytes_limit', help: 'How many bytes may wait for brokers.', aggregator: 'sum' }),
  makeCounterProvider({ name: 'capture_emit_failures_total', help: 'Messages emitted by extensions that failed.', labelNames: ['topic'] }),

  makeGaugeProvider({
    name: 'capture_kafka_clock_gap_seconds',
    help: 'How far this machine’s clock and that of the brokers are apart; 0 while nobody can tell.',
    aggregator: 'max',
  }),
  makeGaugeProvider({
    name: 'capture_circuit_state',
    help: '1 while messages for a topic are not sent to this leader (a node id; -1: no leader), 0 otherwise.',
    aggregator: 'max',
    labelNames: ['topic', 'leader'],
  }),

  // The spool's ledger, in messages: spooled + recovered = drained + dead_lettered + expired + parked + dropped + pending.
  makeCounterProvider({ name: 'capture_spool_spooled_total', help: 'Messages made durable in the spool.' }),
  makeCounterProvider({ name: 'capture_spool_recovered_total', help: 'Messages of earlier processes found in the spool.' }),
  makeCounterProvider({ name: 'capture_spool_drained_total', help: 'Messages of the spool that brokers acknowledged.' }),
  makeCounterProvider({ name: 'capture_spool_dead_lettered_total', help: 'Messages of the spool that went to the dead-letter topic.' }),
  makeCounterProvider({ name: 'capture_spool_expired_total', help: 'Messages of the spool given up for their age.' }),
  makeCounterProvider({
    name: 'capture_spool_parked_total',
    help: 'Messages of the spool that nobody takes, not even the dead-letter topic: put aside on disk.',
  }),
  makeCounterProvider({
    name: 'capture_spool_dropped_total',
    help: 'Messages of the spool whose records were damaged on disk; of an earlier process’s as many as there may have been.',
  }),
  makeCounterProvider({ name: 'capture_spool_refused_total', help: 'Messages not taken into the spool.', labelNames: ['cause'] }),
  makeGaugeProvider({ name: 'capture_spool_pending_events', help: 'Messages in the spool.', aggregator: 'sum' }),
  makeGaugeProvider({
    name: 'capture_spool_parked_events',
    help: 'Messages that lie aside on disk until an operator releases or discards them.',
    aggregator: 'sum',
  }),
  makeGaugeProvider({ name: 'capture_spool_bytes', help: 'Bytes of the spool on disk.', aggregator: 'sum' }),
  makeGaugeProvider({ name: 'capture_spool_bytes_limit', help: 'How many bytes the spool may take on disk.', aggregator: 'sum' }),
  makeGaugeProvider({
    name: 'capture_spool_oldest_age_seconds',
    help: 'Age of the oldest segment with messages that wait; 0 when none do.',
    aggregator: 'max',
  }),

  makeCounterProvider({ name: 'capture_log_committed_events_total', help: 'Events made durable on this disk.' }),
  makeCounterProvider({ name: 'capture_log_committed_bytes_total', help: 'Bytes made durable on this disk.' }),
  makeHistogramProvider({
    name: 'capture_log_commit_seconds',
    help: 'Write and fdatasync of one group of events.',
    buckets: [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.5, 1, 5],
  }),
  makeCounterProvider({ name: 'capture_log_errors_total', help: 'Failed storage operations.', labelNames: ['code'] }),
  makeCounterProvider({
    name: 'capture_log_expired_events_total',
    help: 'Events deleted from the embedded log: for their age, its size, or read by all who read it.',
    labelNames: ['reason'],
  }),
  makeGaugeProvider({ name: 'capture_log_bytes', help: 'Bytes of the embedded log on disk.', aggregator: 'sum' }),
  makeGaugeProvider({ name: 'capture_log_bytes_limit', help: 'How many bytes the embedded log may hold.', aggregator: 'sum' }),
  makeCounterProvider({ name: 'capture_log_damaged_bytes_total', help: 'Damaged bytes found when the log was opened.' }),
  makeGaugeProvider({
    name: 'capture_log_segments_left_alone',
    help: 'Files of the log or the spool that are neither read nor deleted: unreadable, or of another release.',
    aggregator: 'sum',
  }),

  makeCounterProvider({ name: 'capture_quota_limit_exceeded', help: 'Events over quota.', labelNames: ['resource'] }),
  makeGaugeProvider({
    name: 'capture_billing_limits_loaded_tokens',
    help: 'Members read from a source of limits.',
    aggregator: 'max',
    labelNames: ['cache_key'],
  }),
  makeCounterProvider({ name: 'capture_partition_key_capacity_exceeded_total', help: 'Events over the rate of their id.' }),
  makeGaugeProvider({ name: 'partition_limits_key_count', help: 'Ids that the overflow limiter remembers.', aggregator: 'sum' }),
  makeCounterProvider({ name: 'capture_events_rate_limited_token_distinctid', help: 'Events over the rate of their id over all pods.' }),
  makeCounterProvider({ name: 'capture_events_rerouted_overflow', help: 'Events sent to an overflow topic.', labelNames: ['reason'] }),
  makeCounterProvider({ name: 'capture_events_rerouted_dlq', help: 'Events sent to the dead letters.', labelNames: ['reason'] }),
  makeCounterProvider({
    name: 'capture_events_rerouted_custom_topic',
    help: 'Events sent to a topic of their own.',
    labelNames: ['reason'],
  }),
  makeCounterProvider({
    name: 'capture_events_rerouted_historical',
    help: 'Old events sent to the historical topic.',
    labelNames: ['reason'],
  }),
  makeCounterProvider({
    name: 'capture_event_restrictions_applied',
    help: 'Restrictions that applied to an event.',
    labelNames: ['restriction_type'],
  }),
  makeGaugeProvider({ name: 'capture_event_restrictions_loaded_count', help: 'Restrictions in force.', aggregator: 'max' }),
  makeGaugeProvider({
    name: 'capture_event_restrictions_stale',
    help: '1 when they were not read for too long and none is obeyed.',
    aggregator: 'max',
  }),
  makeCounterProvider({
    name: 'capture_event_restrictions_redis_fetch',
    help: 'Reads of restrictions.',
    labelNames: ['restriction_type', 'result'],
  }),
  makeCounterProvider({
    name: 'capture_limits_malformed_records_total',
    help: 'Records of limits skipped at a refresh.',
    labelNames: ['source'],
  }),
  makeCounterProvider({ name: 'capture_limits_refresh_failures_total', help: 'Refreshes of limits that failed.', labelNames: ['source'] }),
  makeGaugeProvider({
    name: 'capture_project_share_refused_requests',
    help: 'Requests refused because their project held its share of memory.',
    aggregator: 'sum',
  }),

  makeCounterProvider({ name: 'capture_trace_spans_exported_total', help: 'Spans that the collector took.' }),
  makeCounterProvider({ name: 'capture_trace_spans_dropped_total', help: 'Spans that never reached it.', labelNames: ['cause'] }),
];
