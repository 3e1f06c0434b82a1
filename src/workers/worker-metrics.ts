import { collectDefaultMetrics, Registry } from 'prom-client';
import { asDumped, metricsOf, type MetricsDump, type MetricsSum } from './metrics-sum.js';
import type { SupervisedWorker } from './supervised-worker.js';

/** What the primary itself costs; Node's own figures (event loop, heap) are of interest where requests are served. */
const OF_PROCESS = /^process_(cpu|resident|open_fds)/;
const own = new Registry();
collectDefaultMetrics({ register: own });

export async function primaryMetrics(): Promise<MetricsDump> {
  return (await metricsOf(own)).filter(({ name }) => OF_PROCESS.test(name));
}

/** What is known of each worker apart, by its number, which is bounded; beside metric-names.ts, since no process has these alone. */
export function workerMetrics(workers: readonly SupervisedWorker[], sum: MetricsSum): MetricsDump {
  const each = (name: string, type: 'counter' | 'gauge', help: string, of: (worker: SupervisedWorker) => number) => {
    const values = workers.map((worker) => ({ labels: { worker: String(worker.number) }, value: of(worker) }));
    return asDumped(name, type, help, values);
  };
  return [
    each('capture_worker_up', 'gauge', '1 while a worker serves.', ({ url }) => (url === undefined ? 0 : 1)),
    each('capture_worker_pid', 'gauge', 'Process id of a worker; 0 while it has none.', ({ pid }) => pid ?? 0),
    each('capture_worker_restarts_total', 'counter', 'Processes of a worker that were started anew.', ({ restarts }) => restarts),
    each('capture_worker_http_requests_total', 'counter', 'HTTP requests that this process of a worker answered.', ({ pid }) =>
      totalOf(sum.lastOf(pid ?? 0), 'http_requests_total'),
    ),
  ];
}

function totalOf(dump: MetricsDump | undefined, name: string): number {
  const values = dump?.find((metric) => metric.name === name)?.values ?? [];
  return values.reduce((total, { value }) => total + value, 0);
}
