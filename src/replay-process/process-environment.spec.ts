import { describe, expect, it } from 'vitest';
import { loadConfig } from '../config/load-config.js';
import { replayEnvironment, withoutOwn } from './process-environment.js';

describe('the environment of the process of recordings', () => {
  it('is that of the one that serves, without what is there once', () => {
    const env = { KAFKA_HOSTS: 'broker:9092', WORKERS: '2', ADMIN_PORT: '9000', CANARY_ENABLED: 'true', MAX_IN_FLIGHT_BYTES: '300000000' };
    expect(replayEnvironment(env, loadConfig(env))).toEqual({
      KAFKA_HOSTS: 'broker:9092',
      MAX_IN_FLIGHT_BYTES: '300000000',
      CAPTURE_MODE: 'replay',
      REPLAY_THREAD: 'off',
      CANARY_ENABLED: 'false',
      EXPORT_PROMETHEUS: 'false',
    });
  });

  it('leaves sizes of a heap that are not its own out of Node’s flags', () => {
    const env = { NODE_OPTIONS: '--max-old-space-size=4000 --import=file:///x.mjs --max_semi_space_size=64' };
    expect(replayEnvironment(env, loadConfig(env)).NODE_OPTIONS).toBe('--import=file:///x.mjs');
    expect(withoutOwn(['--max-heap-size=1', '--heap-growing-percent=100', '--inspect=0', '--enable-source-maps'])).toEqual([
      '--enable-source-maps',
    ]);
  });
});
