import { repeat } from '../body/parts.js';
import { ANY, casesOf, type HostileCase } from './case.js';
import { ITEM, snapshot } from './shapes.js';

const MB = 1_000_000;

/** With a broker and the thread of recordings; honest recordings meanwhile must be answered. */
export const RECORDINGS: readonly HostileCase[] = casesOf(
  'thread of recordings',
  [
    [
      '60 MB of lists beside $snapshot_data',
      { route: '/s', parts: snapshot([ITEM], ',"x":[', repeat('[],', 60 * MB), '0]'), codings: ['gzip'] },
      { isShort: true },
    ],
    [
      '60 MB of objects beside $snapshot_data',
      { route: '/s', parts: snapshot([ITEM], ',"x":[', repeat('{},', 60 * MB), '0]'), codings: ['gzip'] },
    ],
    ['25 MB of members, not compressed', { route: '/s', parts: snapshot([ITEM], ',', repeat('"":0,', 25 * MB), '"":0') }],
    [
      'one item of 60 MB of members',
      { route: '/s', parts: snapshot(['{', repeat('"":0,', 60 * MB), '"":0}']), codings: ['gzip'] },
      { statuses: ANY },
    ],
    ['60 MB of "A ", gzipped twice', { route: '/s', parts: [repeat('A ', 60 * MB)], codings: ['gzip', 'gzip'] }],
  ].map(([name, recipe, more]) => [name, recipe, { hasReplayThread: true, ...(more as object) }] as never),
);
