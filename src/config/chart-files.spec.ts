import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { KafkaConfig } from '@app/kafka';
import { DecoderConfig } from '@app/decoder';
import { SpoolConfig } from '@app/spool';
import { HealthConfig } from '../health/health.config.js';
import { planMemory } from '../memory/memory-plan.js';
import { HealthController } from '../health/health.controller.js';
import { STARTUP_PATIENCE_MS } from '../health/startup.js';
import { rowsOf, withValuesTable } from './chart-readme.js';
import { SET_BY_CHART, withSettings } from './chart-schema.js';
import { GatewayConfig } from './gateway.config.js';
import { knownNames } from './load-config.js';

const read = (file: string) => readFileSync(`helm/${file}`, 'utf8');
const values = parse(read('values.yaml'));

describe('the chart follows the gateway', () => {
  it('knows exactly its variables (npm run config -- --write)', () => {
    expect(read('values.schema.json')).toBe(withSettings(read('values.schema.json')));
  });

  it('documents its values (npm run config -- --write)', () => {
    expect(read('README.md')).toBe(withValuesTable(read('README.md'), read('values.yaml')));
  });

  it('keeps for itself only names that exist', () => {
    expect([...SET_BY_CHART].filter((name) => !knownNames().includes(name))).toEqual([]);
  });

  it('takes secrets only from Secrets', () => {
    const { properties } = JSON.parse(read('values.schema.json'));
    expect(Object.keys(properties.secretEnv.properties)).toContain('KAFKA_SASL_PASSWORD');
    for (const name of Object.keys(properties.secretEnv.properties)) expect(properties.config.properties).not.toHaveProperty(name);
  });

  it('gives a pod the time that the gateway takes to stop', () => {
    expect(values.shutdown.graceSeconds * 1000).toBe(new GatewayConfig().shutdownGraceMs);
  });

  it('gives the spool the room that the gateway uses', () => {
    expect(values.spool.maxGiB * 2 ** 30).toBe(new SpoolConfig().spoolMaxBytes);
  });

  it('gives a pod the memory that the gateway may take', () => {
    const MIB = 2 ** 20;
    const most = new DecoderConfig().maxInFlightBytes / MIB + new KafkaConfig().queueMib + 400;
    expect(values.resources.limits.memory).toBe('1280Mi');
    expect(most).toBeLessThanOrEqual(1280);
    // The same, of the heap that follows from it: what is held may all be in there.
    const held = most - 400;
    expect(planMemory({ limit: 1280 * MIB, workers: 1, hasReplay: true, held: held * MIB }).oldSpaceMib).toBeGreaterThan(held);
  });

  it.each(['startup', 'liveness', 'readiness'] as const)('probes the path of %s', (probe) => {
    const path = Reflect.getMetadata('path', HealthController.prototype[probe]) as string | string[];
    const [, probed] = new RegExp(`${probe}Probe:\\s+httpGet: \\{ path: /(\\w+), port: http \\}`).exec(read('templates/_pod.tpl')) ?? [];
    expect(probed).toBe([path].flat()[0]);
  });

  it('gives a process the time that it may take to start', () => {
    const { periodSeconds, failureThreshold } = values.probes.startup;
    expect(periodSeconds * failureThreshold * 1000).toBeGreaterThan(2 * STARTUP_PATIENCE_MS);
  });

  it('restarts no pod for a single blocked turn', () => {
    const { periodSeconds, failureThreshold, timeoutSeconds } = values.probes.liveness;
    expect(periodSeconds * failureThreshold * 1000).toBeGreaterThanOrEqual(new HealthConfig().loopPatienceMs);
    expect(timeoutSeconds * 1000).toBeGreaterThan(new HealthConfig().loopDelayMs);
  });
});

describe('rowsOf', () => {
  it('refuses a value without a comment', async () => {
    const { parseDocument } = await import('yaml');
    const contents = parseDocument('a:\n  # -- what b does\n  b: 1\nc: 2\n').contents as never;
    expect(() => rowsOf(contents)).toThrow('c has no comment');
  });
});
