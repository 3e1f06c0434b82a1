import { ManualClock } from '@app/testing';
import { expect, it } from 'vitest';
import { KafkaHealth } from './kafka-health.js';

const cluster = (...ids: number[]) => ({ brokers: ids.map((id) => ({ id, address: `b${id}:9092` })), topics: new Map() });

it('is reachable while one broker of several answers, and no longer when all are silent', () => {
  const health = new KafkaHealth(new ManualClock());
  const changes: boolean[] = [];
  health.onChange((reachable) => changes.push(reachable));
  health.cluster(cluster(1, 2));
  health.silent(1, 'ECONNREFUSED');
  expect(health.report()).toMatchObject({
    reachable: true,
    brokers: [
      { id: 1, reachable: false, error: 'ECONNREFUSED' },
      { id: 2, reachable: true },
    ],
  });
  health.silent(2, 'ETIMEDOUT');
  expect(health.report().reachable).toBe(false);
  health.answered(2);
  expect(health.report().reachable).toBe(true);
  expect(changes).toEqual([true, false, true]);
});

it('forgets brokers that left the cluster, and remembers what is wrong with those that stay', () => {
  const health = new KafkaHealth(new ManualClock());
  health.cluster(cluster(1, 2));
  health.silent(1, 'ECONNREFUSED');
  health.silent(7, 'ECONNREFUSED');
  health.cluster(cluster(1, 3));
  expect(health.report().brokers.map(({ id, reachable }) => [id, reachable])).toEqual([
    [1, false],
    [3, true],
  ]);
});
