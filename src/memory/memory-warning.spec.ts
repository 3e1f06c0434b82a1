import 'reflect-metadata';
import { describe, expect, it } from 'vitest';
import { loadConfig } from '../config/load-config.js';
import { memoryWarning } from './memory-warning.js';

const MIB = 2 ** 20;
const warning = (limit: number | undefined, env = {}) => memoryWarning(loadConfig(env), limit);
const KAFKA = { KAFKA_HOSTS: 'kafka:9092', REPLAY_THREAD: 'on' };

describe('memoryWarning', () => {
  it('says which settings do not fit into the container', () => {
    expect(warning(512 * MIB)).toMatch(
      /may use 512 MiB, but MAX_IN_FLIGHT_BYTES \(256 MiB, and 96 for connections\), KAFKA_PRODUCER_QUEUE_MIB \(400\).* can take 1052/,
    );
  });

  it('counts the process of recordings, where they have one', () => {
    expect(warning(1024 * MIB, KAFKA)).toContain('the process itself (460) can take 1212');
    expect(warning(1280 * MIB, KAFKA)).toBeUndefined();
  });

  it('is silent where they do, and where nothing limits the process', () => {
    expect([warning(1052 * MIB), warning(undefined)]).toEqual([undefined, undefined]);
    expect(warning(512 * MIB, { MAX_IN_FLIGHT_BYTES: String(96 * MIB), KAFKA_PRODUCER_QUEUE_MIB: '60' })).toBeUndefined();
  });
});
