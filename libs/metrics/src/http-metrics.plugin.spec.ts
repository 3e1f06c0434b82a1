import fastify from 'fastify';
import { Counter, Histogram, Registry } from 'prom-client';
import { beforeEach, describe, expect, it } from 'vitest';
import { httpMetricsPlugin } from './http-metrics.plugin.js';

let registry: Registry;
let app: ReturnType<typeof fastify>;

beforeEach(() => {
  registry = new Registry();
  const labelNames = ['method', 'path', 'status'] as const;
  const requests = new Counter({ name: 'requests', help: 'x', labelNames, registers: [registry] });
  const seconds = new Histogram({ name: 'seconds', help: 'x', labelNames, registers: [registry], buckets: [0.001, 60] });
  app = fastify({ routerOptions: { ignoreTrailingSlash: true } });
  httpMetricsPlugin(app, requests, seconds);
  app.route({ method: ['GET', 'POST'], url: '/i/v0/e', handler: () => 'ok' });
  app.get('/users/:id', () => 'ok');
  app.get('/broken', () => {
    throw Object.assign(new Error('x'), { statusCode: 503 });
  });
});

/** Of each combination of labels, how often it was counted. */
async function counted(): Promise<Record<string, number>> {
  const { values } = (await registry.getSingleMetric('requests')?.get()) ?? { values: [] };
  return Object.fromEntries(values.map(({ labels: { method, path, status }, value }) => [`${method} ${path} ${status}`, value]));
}

describe('httpMetricsPlugin', () => {
  it('counts by template, whatever path, query or trailing slash came', async () => {
    for (const url of ['/i/v0/e', '/i/v0/e/', '/i/v0/e?x=1', '/users/1', '/users/2']) await app.inject(url);
    await app.inject({ method: 'POST', url: '/i/v0/e' });
    expect(await counted()).toEqual({ 'GET /i/v0/e 200': 3, 'GET /users/:id 200': 2, 'POST /i/v0/e 200': 1 });
  });

  it('has one label for all paths that there are none of', async () => {
    for (const url of ['/a', '/b/c', '/i/v0/e/x']) await app.inject(url);
    expect(await counted()).toEqual({ 'GET unmatched 404': 3 });
  });

  it('counts refusals, and times everything in seconds', async () => {
    await app.inject('/broken');
    await app.inject('/users/1');
    expect(await counted()).toEqual({ 'GET /broken 503': 1, 'GET /users/:id 200': 1 });
    const { values } = (await registry.getSingleMetric('seconds')?.get()) ?? { values: [] };
    const sums = values.filter((value) => 'metricName' in value && value.metricName === 'seconds_sum').map(({ value }) => value);
    expect(sums).toHaveLength(2);
    expect(sums.every((sum) => sum > 0 && sum < 60)).toBe(true);
  });
});
