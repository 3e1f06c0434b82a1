import { expect, it } from 'vitest';
import { connectionRoom, openFilesLimit } from './connection-room.js';
import { ConnectionsConfig } from './connections.config.js';

const GIB = 2 ** 30;
const { maxConnections: wanted } = new ConnectionsConfig();

it.each([
  ['as many as are asked for', { memory: undefined, openFiles: undefined }, { limit: 20_000, loweredBy: undefined }],
  ['as many where both are plenty', { memory: 4 * GIB, openFiles: 1e6 }, { limit: 20_000, loweredBy: undefined }],
  ['what 15 % of the memory holds', { memory: 1.25 * GIB, openFiles: 1e6 }, { limit: 12_288, loweredBy: 'memory' }],
  ['what may be opened', { memory: 4 * GIB, openFiles: 1024 }, { limit: 921, loweredBy: 'open files' }],
  ['the less of both', { memory: 0.125 * GIB, openFiles: 4096 }, { limit: 1228, loweredBy: 'memory' }],
])('gives %s', (_what, { memory, openFiles }, expected) => {
  expect(connectionRoom({ wanted, memory, openFiles })).toEqual(expected);
});

it.runIf(process.platform === 'linux')('knows how many files may be open', () => {
  expect(openFilesLimit()).toBeGreaterThan(100);
});
