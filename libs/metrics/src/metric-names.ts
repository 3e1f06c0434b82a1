import { makeCounterProvider, makeGaugeProvider, makeHistogramProvider } from '@willsoto/nestjs-prometheus';

/**
 * Every metric of the gateway, each a provider. Names are the reference service's where the meaning is the same, so that
 * dashboards keep working. Labels are bounded: route template, status, cause, topic, code; never a token or an id.
 */
export const METRIC_PROVIDERS = [
  // The admission ledger: received = ingested + spooled + dropped + rejected, in input events.
  makeCounterProvider({ name: 'capture_events_received_total', help: 'Input events found in requests.' }),
  makeCounterProvider({ name: 'capture_events_ingested_total', help: 'Input events durable where consumers read.' }),
  makeCounterProvider({ name: 'capture_events_spooled_total', help: 'Input events durable in the spool, on their way.' }),
  makeCounterProvider({ name: 'capture_events_dropped_total', help: 'Input events discarded and answered 200.', labelNames: ['cause'] }),
  makeCounterProvider({ name: 'capture_events_rejected_total', help: 'Input events refused with 4xx or 5xx.', labelNames: ['cause'] }),
  makeCounterProvider({ name: 'capture_events_rerouted_total', help: 'Events that left their lane.', labelNames: ['route'] }),

  makeCounterProvider({ name: 'capture_requests_refused_total', help: 'Requests refused, by reason.', labelNames: ['code'] }),
  makeCounterProvider({ name: 'capture_processor_failures_total', help: 'Processors that threw.', labelNames: ['processor'] }),
  makeHistogramProvider({
    name: 'capture_event_batch_size',
    help: 'Events in a request.',
    buckets: [1, 10, 25, 50, 75, 100, 250, 500, 750, 1000],
  }),
  makeGaugeProvider({ name: 'capture_in_flight_bytes', help: 'Bytes reserved by requests under way.' }),

  makeCounterProvider({ name: 'http_requests_total', help: 'HTTP requests answered.', labelNames: ['method', 'path', 'status'] }),
  makeHistogramProvider({
    name: 'http_requests_duration_seconds',
    help: 'Time from the head of a request to the end of its answer.',
    labelNames: ['method', 'path', 'status'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120, 300],
  }),
];
