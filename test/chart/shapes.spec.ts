import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, describe, expect, it } from 'vitest';
import { stringify } from 'yaml';
import { CHART, helm, podsOf, render, SHAPES, type Resource } from './render.js';

/** The oldest that the chart admits, one in between, the newest. */
const MINORS = ['1.32', '1.34', '1.37'];
const CUSTOM = /^(monitoring\.coreos\.com|gateway\.networking\.k8s\.io)\//;
const PYTHON = process.env.TEST_CHART_PYTHON ?? '';

const folder = mkdtempSync(join(tmpdir(), 'inlet-chart-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function fileOf(name: string, resources: readonly Resource[]): string {
  const file = join(folder, name);
  writeFileSync(file, resources.map((one) => stringify(one, { version: '1.1' })).join('---\n'));
  return file;
}

function validate(minor: string, file: string) {
  const command = join(dirname(PYTHON), 'kubernetes-validate');
  const { status, stdout, stderr } = spawnSync(command, ['--strict', '-k', minor, file], { encoding: 'utf8' });
  const output = `${stdout}${stderr}`;
  return { passed: status === 0, checked: output.split(' passed for resource ').length - 1, output };
}

function validateCustom(file: string) {
  const script = join(import.meta.dirname, 'python/validate-custom.py');
  return spawnSync(PYTHON, [script, file, ...(process.env.TEST_CRDS ?? '').split(',')], { encoding: 'utf8' });
}

const all = SHAPES.flatMap((shape) => render(shape));
const own = all.filter(({ apiVersion }) => !CUSTOM.test(apiVersion));
const custom = all.filter(({ apiVersion }) => CUSTOM.test(apiVersion));

describe.each(SHAPES)('the shape %s', (shape) => {
  it('passes helm lint --strict', () => {
    expect(helm('lint', '--strict', CHART, '--values', join(CHART, 'ci', `${shape}.yaml`))).toMatchObject({ status: 0 });
  });

  it('runs pods that the Pod Security profile `restricted` admits', () => {
    for (const { spec } of podsOf(render(shape))) {
      expect(spec.securityContext).toMatchObject({ runAsNonRoot: true, seccompProfile: { type: 'RuntimeDefault' } });
      expect([spec.hostNetwork, spec.hostPID, spec.hostIPC]).toEqual([undefined, undefined, undefined]);
      for (const { securityContext } of [...spec.containers, ...(spec.initContainers ?? [])]) {
        expect(securityContext).toMatchObject({ allowPrivilegeEscalation: false, capabilities: { drop: ['ALL'] } });
        expect(securityContext.readOnlyRootFilesystem).toBe(true);
      }
    }
  });

  it('limits memory, mounts no token of the API and takes no variables of other Services', () => {
    for (const { spec } of podsOf(render(shape))) {
      expect([spec.automountServiceAccountToken, spec.enableServiceLinks]).toEqual([false, false]);
      for (const { resources } of spec.containers) expect(resources.limits.memory).toBeDefined();
    }
  });

  it('selects the gateway’s pods, and only them', () => {
    const resources = render(shape);
    const selectors = resources.flatMap(({ kind, spec }) => {
      if (kind === 'Service') return [spec.selector];
      if (['PodDisruptionBudget', 'StatefulSet', 'Deployment'].includes(kind)) return [spec.selector.matchLabels];
      return kind === 'NetworkPolicy' ? [spec.podSelector.matchLabels] : [];
    });
    expect(selectors.length).toBeGreaterThan(1);
    for (const pod of podsOf(resources)) {
      const isGateway = ['StatefulSet', 'Deployment'].includes(pod.kind);
      for (const selector of selectors) {
        const matches = Object.entries(selector).every(([name, value]) => pod.metadata.labels[name] === value);
        expect([pod.kind, matches]).toEqual([pod.kind, isGateway]);
      }
    }
  });
});

describe('all shapes together', () => {
  it.each(MINORS)('hold to the schemas of Kubernetes %s, unknown fields refused', (minor) => {
    const { passed, checked, output } = validate(minor, fileOf(`own-${minor}.yaml`, own));
    expect([passed, output.split('\n').filter((line) => line !== '' && !line.startsWith('INFO'))]).toEqual([true, []]);
    expect(checked).toBe(own.length);
  });

  it('hold to the definitions of custom resources', () => {
    expect(new Set(custom.map(({ kind }) => kind))).toEqual(new Set(['HTTPRoute', 'ServiceMonitor', 'PrometheusRule']));
    const { status, stdout, stderr } = validateCustom(fileOf('custom.yaml', custom));
    expect([status, stdout, stderr]).toEqual([0, '', '']);
  });

  it('would be refused with a misspelt field', () => {
    const [first] = structuredClone(own.filter(({ kind }) => kind === 'StatefulSet'));
    first.spec.template.spec.containers[0].lifecycel = {};
    expect(validate(MINORS[0], fileOf('bad.yaml', [first])).passed).toBe(false);
    const [monitor] = structuredClone(custom.filter(({ kind }) => kind === 'ServiceMonitor'));
    monitor.spec.endpoints[0].intervall = '30s';
    expect(validateCustom(fileOf('bad-custom.yaml', [monitor])).status).toBe(1);
  });
});
