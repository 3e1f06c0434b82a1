import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { CHART, helm, SHAPES, type Resource } from './render.js';

/** Built once by `npm run test:cluster`; the minute that takes is not this suite's. */
const HELM3 = process.env.TEST_HELM3 ?? '';

/** One that is built from its module takes Kubernetes for 1.20 unless it is told. */
const asked = (shape: string, ...more: string[]) => {
  const values = join(CHART, 'ci', `${shape}.yaml`);
  return ['template', 'gate', CHART, '--kube-version', '1.34.0', '--namespace', 'capture', '--values', values, ...more];
};

function helm3(...args: string[]): { status: number | null; output: string } {
  const { status, stdout, stderr } = spawnSync(HELM3, args, { encoding: 'utf8', maxBuffer: 64 << 20 });
  return { status, output: status === 0 ? stdout : stderr };
}

const resourcesOf = (yaml: string): Resource[] => parseAllDocuments(yaml).map((document) => document.toJS());

describe.skipIf(HELM3 === '')('Helm 3', () => {
  it.each(SHAPES)('makes of %s what Helm 4 makes of it', (shape) => {
    const { status, output } = helm3(...asked(shape));
    expect([status, resourcesOf(output)]).toEqual([0, resourcesOf(helm(...asked(shape)).output)]);
  });

  it('finds nothing to complain of', () => {
    expect(helm3('lint', '--strict', CHART, '--values', join(CHART, 'ci/secured.yaml'))).toMatchObject({ status: 0 });
  });

  it.each([
    ['replica=3', "additional properties 'replica' not allowed"],
    ['config.KAFKA_HOST=a:1', "additional properties 'KAFKA_HOST' not allowed"],
    ['config.KAFKA_HOSTS=', 'config.KAFKA_HOSTS is not set: name the brokers'],
  ])('refuses %s with the same sentence', (set, message) => {
    const { status, output } = helm3(...asked('persistent', '--set', set));
    expect([status === 0, output]).toEqual([false, expect.stringContaining(message)]);
  });
});
