import { describe, expect, it } from 'vitest';
import type { GatewayConfig } from '../config/gateway.config.js';
import { hasReplayProcess } from './has-replay-process.js';

const MIB = 2 ** 20;
const AUTO = { replayThread: 'auto', captureMode: 'all', output: 'kafka', workers: '1' } as const;
type Settings = Pick<GatewayConfig, keyof typeof AUTO>;

describe('hasReplayProcess', () => {
  it.each<[string, Partial<Settings>, number, number, boolean]>([
    ['a core and memory are free', {}, 2, Infinity, true],
    ['the container is as large as the chart makes it', {}, 2, 1024 * MIB, true],
    ['the container is small', {}, 2, 512 * MIB, false],
    ['there is one core', {}, 1, Infinity, false],
    ['workers leave a core', { workers: '3' }, 4, Infinity, true],
    ['workers have all cores', { workers: 'auto' }, 4, Infinity, false],
    ['workers share a container that is large enough for one', { workers: '2' }, 4, 1024 * MIB, false],
    ['the embedded log has one writer', { output: 'embedded' }, 2, Infinity, false],
    ['only recordings are served', { captureMode: 'replay' }, 2, Infinity, false],
    ['no recordings are served', { captureMode: 'events' }, 2, Infinity, false],
    ['it is off', { replayThread: 'off' }, 2, Infinity, false],
    ['it is on, whatever there is', { replayThread: 'on' }, 1, 256 * MIB, true],
    ['it is on where only recordings are served', { replayThread: 'on', captureMode: 'replay' }, 1, Infinity, true],
    ['it is on where there are no recordings', { replayThread: 'on', captureMode: 'events' }, 2, Infinity, false],
  ])('%s', (_, settings, cores, limit, expected) => {
    expect(hasReplayProcess({ ...AUTO, ...settings }, cores, limit)).toBe(expected);
  });
});
