import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { anEventBody, openGateway, post, type Gateway } from '../e2e/gateway.js';
import { freePort } from '../services/free-port.ts';
import { expressions } from './expressions.js';

const dashboard = JSON.parse(readFileSync('helm/files/dashboard.json', 'utf8'));
const alerts: string[] = parse(readFileSync('helm/files/alerts.yaml', 'utf8')).groups.flatMap(({ rules }: { rules: { expr: string }[] }) =>
  rules.map(({ expr }) => expr),
);
/** As Grafana would fill them in. */
const panels = expressions(dashboard).map((expr) => expr.replaceAll('$__rate_interval', '1m').replaceAll('$instance', '.*'));

describe('a real Prometheus that scrapes a gateway', () => {
  const folder = mkdtempSync(join(tmpdir(), 'inlet-prometheus-'));
  let gateway: Gateway;
  let prometheus: ChildProcess | undefined;
  let api: string;

  const query = async (expr: string) => {
    const reply = await fetch(`${api}/query?${new URLSearchParams({ query: expr }).toString()}`);
    return (await reply.json()) as { status: string; error?: string; data?: { result: { value: [number, string] }[] } };
  };

  beforeAll(async () => {
    gateway = await openGateway();
    await gateway.app.listen(0, '127.0.0.1');
    const target = new URL(await gateway.app.getUrl()).host;
    const scrape = { job_name: 'inlet', scrape_interval: '1s', static_configs: [{ targets: [target] }] };
    // JSON is YAML.
    writeFileSync(
      join(folder, 'prometheus.yml'),
      JSON.stringify({ rule_files: [resolve('helm/files/alerts.yaml')], scrape_configs: [scrape] }),
    );
    const listen = `127.0.0.1:${await freePort()}`;
    api = `http://${listen}/api/v1`;
    const options = [`--config.file=${folder}/prometheus.yml`, `--storage.tsdb.path=${folder}/data`, `--web.listen-address=${listen}`];
    prometheus = spawn(join(process.env.TEST_PROMETHEUS ?? '', 'prometheus'), [...options, '--log.level=error'], { stdio: 'ignore' });
    await vi.waitFor(async () => expect((await query('up')).data?.result[0]?.value[1]).toBe('1'), { timeout: 50_000, interval: 500 });
    await gateway.send(post('/e/', anEventBody()));
    await gateway.send(post('/e/', 'no JSON'));
    await vi.waitFor(async () => expect((await query('capture_events_ingested_total')).data?.result[0]?.value[1]).toBe('1'), {
      timeout: 20_000,
      interval: 500,
    });
  });
  afterAll(async () => {
    prometheus?.kill('SIGKILL');
    await gateway.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it.each([...new Set([...panels, ...alerts])])('answers %s', async (expr) => {
    expect(await query(expr)).toMatchObject({ status: 'success' });
  });

  it('has data for the panels of what was sent', async () => {
    const { data } = await query('sum by (status) (http_requests_total{method="POST"})');
    expect(data?.result.map(({ value }) => value[1]).sort()).toEqual(['1', '1']);
    expect((await query('nodejs_eventloop_lag_p99_seconds and on (instance, job) capture_in_flight_bytes')).data?.result).toHaveLength(1);
  });

  it('has loaded the alerts, and none fires for a healthy gateway', async () => {
    const reply = await fetch(`${api}/rules`);
    const { data } = (await reply.json()) as { data: { groups: { rules: { name: string; state: string; health: string }[] }[] } };
    const rules = data.groups.flatMap(({ rules: some }) => some);
    expect(rules).toHaveLength(alerts.length);
    expect(rules.filter(({ state }) => state === 'firing')).toEqual([]);
  });
});
