import type { FastifyInstance } from 'fastify';
import type { Counter, Histogram } from 'prom-client';

type Labels = 'method' | 'path' | 'status';

/** A request to no route at all: its own path would be a label from the outside, unbounded. */
const UNMATCHED = 'unmatched';

/** Counts and times every answer by route template, whatever became of the request. */
export function httpMetricsPlugin(fastify: FastifyInstance, requests: Counter<Labels>, durations: Histogram<Labels>): void {
  // Labels are resolved once per combination: looking a child up costs more than counting.
  const children = new Map<string, { inc(): void; observe(seconds: number): void }>();

  fastify.addHook('onResponse', (request, reply, done) => {
    const path = request.is404 ? UNMATCHED : (request.routeOptions.url ?? UNMATCHED);
    const key = `${request.method} ${path} ${reply.statusCode}`;
    let child = children.get(key);
    if (child === undefined) {
      const labels = { method: request.method, path, status: String(reply.statusCode) };
      const [count, time] = [requests.labels(labels), durations.labels(labels)];
      child = { inc: () => count.inc(), observe: (seconds) => time.observe(seconds) };
      children.set(key, child);
    }
    child.inc();
    child.observe(reply.elapsedTime / 1000);
    done();
  });
}
