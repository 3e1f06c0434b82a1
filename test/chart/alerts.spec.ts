import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { expressions, knownMetrics, metricsIn } from './expressions.js';

const RULES = 'helm/files/alerts.yaml';
const TESTS = 'test/chart/alerts.test.yaml';
const RUNBOOKS = 'docs/operations/runbooks/';

interface Rule {
  readonly alert: string;
  readonly expr: string;
  readonly labels: { readonly severity: string };
  readonly annotations: { readonly summary: string; readonly runbook_url: string };
}
const rules: Rule[] = parse(readFileSync(RULES, 'utf8')).groups.flatMap(({ rules: some }: { rules: Rule[] }) => some);
const tests: { alertname: string; exp_alerts: unknown[] }[] = parse(readFileSync(TESTS, 'utf8')).tests.flatMap(
  ({ alert_rule_test: some }: { alert_rule_test: unknown[] }) => some,
);

const folder = mkdtempSync(join(tmpdir(), 'inlet-alerts-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const promtool = (...args: string[]) => spawnSync(join(process.env.TEST_PROMETHEUS ?? '', 'promtool'), args, { encoding: 'utf8' });

describe('the alerts', () => {
  it('are rules that Prometheus reads', () => {
    expect(promtool('check', 'rules', '--lint-fatal', RULES)).toMatchObject({ status: 0 });
  });

  it('fire when they must, and not before', () => {
    const { status, stdout, stderr } = promtool('test', 'rules', TESTS);
    expect([status, stdout + stderr]).toEqual([0, expect.stringContaining('SUCCESS')]);
  });

  it('are held by their tests: one that cannot fire is seen', () => {
    const silenced = parse(readFileSync(RULES, 'utf8'));
    for (const group of silenced.groups) for (const rule of group.rules) rule.expr = 'vector(0) > 1';
    writeFileSync(join(folder, 'alerts.yaml'), stringify(silenced));
    writeFileSync(join(folder, 'test.yaml'), readFileSync(TESTS, 'utf8').replace('../../helm/files/', ''));
    const { status, stdout, stderr } = promtool('test', 'rules', join(folder, 'test.yaml'));
    expect(status).toBe(1);
    for (const { alert } of rules) expect(stdout + stderr).toContain(`alertname: ${alert}`);
  });

  it.each(rules)('have a test for firing and one for not firing: $alert', ({ alert }) => {
    const own = tests.filter(({ alertname }) => alertname === alert);
    expect(own.some(({ exp_alerts: expected }) => expected.length > 0)).toBe(true);
    expect(own.some(({ exp_alerts: expected }) => expected.length === 0)).toBe(true);
  });

  it.each(rules)('use metrics that exist: $alert', async ({ expr }) => {
    const known = await knownMetrics();
    const used = metricsIn(expr);
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((name) => !known.has(name))).toEqual([]);
  });

  it.each(rules)('have a runbook that names them: $alert', ({ alert, annotations, labels }) => {
    expect(annotations.runbook_url.startsWith(RUNBOOKS)).toBe(true);
    expect(existsSync(annotations.runbook_url)).toBe(true);
    expect(readFileSync(annotations.runbook_url, 'utf8')).toContain(`\`${alert}\``);
    expect(['warning', 'critical']).toContain(labels.severity);
  });

  it('leave no runbook without an alert, and none out of the overview', () => {
    const overview = readFileSync('docs/operations/README.md', 'utf8');
    for (const file of readdirSync(RUNBOOKS)) {
      expect(rules.map(({ annotations }) => annotations.runbook_url)).toContain(RUNBOOKS + file);
      expect(overview).toContain(`(runbooks/${file})`);
    }
    for (const { alert } of rules) expect(overview).toContain(`\`${alert}\``);
  });
});

describe('the dashboard', () => {
  const dashboard = JSON.parse(readFileSync('helm/files/dashboard.json', 'utf8'));
  const panels: { id: number; type: string; title: string; gridPos: { h: number; w: number; x: number; y: number } }[] = dashboard.panels;

  it('uses metrics that exist', async () => {
    const known = await knownMetrics();
    const used = new Set(expressions(dashboard).flatMap(metricsIn));
    expect([...used].filter((name) => !known.has(name))).toEqual([]);
    expect(used.size).toBeGreaterThan(30);
  });

  it('takes its data source from a variable, everywhere', () => {
    const text = JSON.stringify(dashboard);
    expect([...text.matchAll(/"uid":"([^"]+)"/g)].map(([, uid]) => uid).filter((uid) => uid !== '${datasource}')).toEqual(['inlet']);
    expect(dashboard.templating.list.map(({ name }: { name: string }) => name)).toEqual(['datasource', 'instance']);
  });

  it('has panels of known types with ids of their own, side by side', () => {
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(new Set(panels.map(({ type }) => type))).toEqual(new Set(['row', 'timeseries']));
    const cells = panels.flatMap(({ gridPos: { h, w, x, y } }) =>
      Array.from({ length: h * w }, (_, i) => `${x + (i % w)} ${y + Math.floor(i / w)}`),
    );
    expect(new Set(cells).size).toBe(cells.length);
    for (const { gridPos } of panels) expect(gridPos.x + gridPos.w).toBeLessThanOrEqual(24);
  });
});
