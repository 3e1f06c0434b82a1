import { constants, deflateRawSync, gzipSync } from 'node:zlib';
import type { WireRequest } from '../../corpus/runner.js';
import type { Coding } from '../body/codings.js';
import { EMPTY_BLOCKS, tableBlocks } from '../body/empty-blocks.js';
import { chunksOf, repeat, type Part } from '../body/parts.js';
import { requestOf, ROUTES, STRICT, strictHead, type Route } from '../request.js';
import { exchange } from '../run/exchange.js';
import { ANY, casesOf, REFUSED, sendingOne, type HostileCase, type Sending } from './case.js';
import { event, ITEM, snapshot, strictBatch, strictEvent, withProperties } from './shapes.js';

const MB = 1_000_000;
const THRICE: readonly Coding[] = ['gzip', 'gzip', 'gzip'];
const TWICE: readonly Coding[] = ['gzip', 'gzip'];
const GARBAGE = Buffer.from([0xff]);

const small = casesOf('small requests', [
  ['60 MB of blanks, gzipped three times', { route: '/e', parts: [repeat(' ', 60 * MB)], codings: THRICE }, { isShort: true }],
  ['60 MB of blanks, gzipped once', { route: '/batch', parts: [repeat(' ', 60 * MB)], codings: ['gzip'] }],
  [
    '60 MB of line breaks before an event',
    { route: '/e', parts: [repeat('\n', 60 * MB), ...event('"a":0')], codings: ['gzip'] },
    { statuses: ANY },
  ],
  ['60 MB of blanks inside an event', { route: '/i/v0/e', parts: event('"a":', repeat(' ', 60 * MB), '0'), codings: ['gzip'] }],
  [
    '1 MB of blanks before 30 MB of empty lists',
    { route: '/batch', parts: withProperties('"a":[', repeat(' ', 1_040_000), '[]', repeat(',[]', 30 * MB), ']'), codings: ['gzip'] },
    { isShort: true },
  ],
  ['60 MB of byte order marks', { route: '/e', parts: [repeat('\ufeff', 60 * MB)], codings: ['gzip'] }],
  ['80 MB of 0xff', { route: '/e', parts: [repeat(GARBAGE, 80 * MB)], codings: TWICE }, { isShort: true }],
  ['80 MB of 0xff, gzipped once', { route: '/s', parts: [repeat(GARBAGE, 80 * MB)], codings: ['gzip'] }],
  ['80 MB of text and one 0xff', { route: '/e', parts: withProperties('"a":"', repeat('x', 80 * MB), GARBAGE, '"'), codings: ['gzip'] }],
  ['20 MB of 0xff, not compressed', { route: '/capture', parts: [repeat(GARBAGE, 20 * MB)] }],
  ['one NaN in 80 MB', { route: '/e', parts: withProperties('"a":NaN,"b":"', repeat('x', 80 * MB), '"'), codings: TWICE }],
  [
    'one NaN in 80 MB, gzipped once',
    { route: '/e', parts: withProperties('"a":NaN,"b":"', repeat('x', 80 * MB), '"'), codings: ['gzip'] },
    { isShort: true },
  ],
  ['60 MB of NaN', { route: '/batch', parts: withProperties('"a":[', repeat('NaN,', 60 * MB), '0]'), codings: ['gzip'] }],
  ['60 MB of lone surrogates', { route: '/e', parts: withProperties('"a":"', repeat('\\ud800', 60 * MB), '"'), codings: ['gzip'] }],
  [
    '60 MB of halves in CESU-8',
    { route: '/e', parts: withProperties('"a":"', repeat(Buffer.from([0xed, 0xa0, 0x80]), 60 * MB), '"'), codings: ['gzip'] },
  ],
  ['60 MB of NUL', { route: '/e', parts: withProperties('"a":"', repeat('\\u0000', 60 * MB), '"'), codings: ['gzip'] }],
  ['60 MB of digits', { route: '/e', parts: withProperties('"a":', repeat('9', 60 * MB)), codings: ['gzip'] }],
  ['60 MB of open brackets', { route: '/e', parts: [repeat('[', 60 * MB)], codings: ['gzip'] }],
]);

const lz64 = casesOf('lz64', [
  ['20 KB for 45 MB', { route: '/e', parts: event('"a":"', repeat('x', 45 * MB), '"'), codings: ['lz64'] }],
  ['45 MB in a form', { route: '/e', parts: event('"a":"', repeat('x', 45 * MB), '"'), codings: ['lz64', 'form'] }],
  ['30 KB in a query', { route: '/e', parts: event('"a":"', repeat('x', 45 * MB), '"'), codings: ['lz64'], isGet: true }],
  ['45 MB of members', { route: '/batch', parts: event(repeat('"":0,', 45 * MB), '"":0'), codings: ['lz64'] }],
  ['99 MB', { route: '/i/v0/e', parts: [repeat('{', 99 * MB)], codings: ['lz64'] }],
  ['60 MB of digits that are no lz64', { route: '/e?compression=lz64' as Route, parts: [repeat('Q', 60 * MB)], codings: ['gzip'] }],
  ['20 MB of digits, not compressed', { route: '/e?compression=lz64' as Route, parts: [repeat('N4', 20 * MB)] }],
]);

const strictCodings = casesOf('codings of the strict endpoint', [
  ...(['br', 'zstd', 'gzip', 'deflate'] as const).map(
    (coding) =>
      [
        `45 MB of blanks, ${coding}`,
        { route: STRICT, parts: [repeat(' ', 45 * MB)], codings: [coding] },
        { isShort: coding === 'br' },
      ] as const,
  ),
  ['99 MB of blanks, br', { route: STRICT, parts: [repeat(' ', 99 * MB)], codings: ['br'] }],
  ['20 MB of blanks, not compressed', { route: STRICT, parts: [repeat(' ', 20 * MB)] }],
  [
    '45 MB in one property, br',
    { route: STRICT, parts: strictBatch(strictEvent(',"properties":{"a":"', repeat('x', 45 * MB), '"}')), codings: ['br'] },
    { statuses: ANY },
  ],
  [
    '45 MB of NaN, zstd',
    { route: STRICT, parts: strictBatch(strictEvent(',"properties":{"a":[', repeat('NaN,', 45 * MB), '0]}')), codings: ['zstd'] },
    { statuses: ANY },
  ],
]);

const flags = casesOf(
  'flags',
  (['gzip', 'br', 'base64'] as const).map((coding) => [
    `a body of 700 KB, ${coding}`,
    { route: '/flags', parts: ['{"token":"phc_hostile","a":[', repeat('[],', 700_000), '0]}'], codings: [coding] },
    { statuses: ANY },
  ]),
);

/** An honest batch of 1.5 MB once it is compressed: ids of every event are of their own. */
async function honestGzip(): Promise<WireRequest> {
  const events = Array.from({ length: 4000 }, (_, i) => {
    const noise = Array.from(
      { length: 8 },
      (_unused, j) =>
        Math.sin(i * 8 + j)
          .toString(36)
          .slice(3, 14) +
        i * j * 7919,
    );
    return { event: 'e', distinct_id: `d${i}`, properties: { noise: noise.join(''), more: noise.toReversed().join('-').repeat(2) } };
  });
  const body = gzipSync(JSON.stringify({ api_key: 'phc_hostile', batch: events }), { level: 1 });
  return { method: 'POST', url: '/batch', headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' }, body };
}

function tenAtOnce(name: string, codings: readonly Coding[], routes: readonly Route[], isShort = false): HostileCase {
  return {
    group: 'ten bombs beside an honest request',
    name,
    statuses: REFUSED,
    isShort,
    honest: honestGzip,
    prepare: async () => {
      const one = await requestOf({ route: routes[0], parts: [repeat(' ', (routes[0] === STRICT ? 45 : 90) * MB)], codings });
      if (one === undefined) throw new Error('too large');
      const requests = Array.from({ length: 10 }, (_, i) => ({ ...one, url: routes[i % routes.length] }));
      return {
        bytes: requests.reduce((sum, { body }) => sum + (body?.length ?? 0), 0),
        send: async (port, limitMs) => {
          const answers = await Promise.all(requests.map((request) => exchange(port, request, limitMs)));
          // The one that is least expected.
          return answers.toSorted((a, b) => Number(isExpected(a.status)) - Number(isExpected(b.status)) || b.ms - a.ms)[0];
        },
      };
    },
  };
}

const isExpected = (status: number): boolean => (REFUSED as readonly number[]).includes(status);
const OTHERS = ROUTES.filter((route) => route !== STRICT && route !== '/flags' && route !== '/s');

const beside = [
  tenAtOnce('90 MB of blanks, gzipped three times', THRICE, ['/e'], true),
  tenAtOnce('90 MB of blanks, gzipped once, on many routes', ['gzip'], OTHERS),
  tenAtOnce('strict, 45 MB of blanks, br', ['br'], [STRICT]),
  tenAtOnce('90 MB of blanks, gzip in base64', ['gzip', 'base64'], ['/e', '/batch']),
];

/**
 * More than may come of a body, and then millions of blocks with nothing in them: zlib's thread is at those for long after the body was
 * refused, and must not find its memory given back.
 */
const behindTheLimit: HostileCase = {
  group: 'small requests',
  name: 'three times 18 MB of empty blocks behind what is too much',
  statuses: REFUSED,
  isShort: true,
  prepare: async () => {
    const blanks = deflateRawSync(Buffer.alloc(100 * 2 ** 20 + 70_000, ' '), { finishFlush: constants.Z_SYNC_FLUSH });
    const empty = Buffer.alloc(5 * 3_700_000, Buffer.from([0, 0, 0, 0xff, 0xff]));
    const body = Buffer.concat([Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]), blanks, empty]);
    const request: WireRequest = { method: 'POST', url: '/batch', headers: { 'content-type': 'application/json' }, body };
    return {
      bytes: 3 * body.length,
      send: async (port, limitMs) => {
        let answer = await exchange(port, request, limitMs);
        for (let i = 1; i < 3 && isExpected(answer.status); i++) answer = await exchange(port, request, limitMs);
        return answer;
      },
    };
  },
};

const END: Partial<Record<Route, Part[]>> = { [STRICT]: strictBatch(strictEvent()), '/s': snapshot([ITEM]) };

/** Dear to read, and nothing comes of it but an event at its end, which would be stored. */
function nothingIn(coding: keyof typeof EMPTY_BLOCKS, what: string, block: Buffer, route: Route, isShort = false): HostileCase {
  const prepare = async (): Promise<Sending> => {
    const { begin, end } = EMPTY_BLOCKS[coding];
    const bytes = (route === STRICT ? 10 : 20) * MB;
    const json = Buffer.concat([...chunksOf(END[route] ?? event('"a":0'))]);
    const body = Buffer.concat([begin, Buffer.alloc(Math.floor((bytes - 1000) / block.length) * block.length, block), end(json)]);
    const headers = { 'content-type': 'application/json', 'content-encoding': coding, ...(route === STRICT ? strictHead() : {}) };
    return sendingOne({ method: 'POST', url: route, headers, body });
  };
  return { group: 'empty blocks', name: `${coding}, ${what}, ${route}`, statuses: [400], isShort, prepare };
}

const emptyBlocks = [
  nothingIn('gzip', 'a table each', tableBlocks(0), '/e', true),
  nothingIn('gzip', 'a table each', tableBlocks(0), '/s'),
  ...(['gzip', 'deflate', 'br', 'zstd'] as const).map((coding) => nothingIn(coding, 'shortest', EMPTY_BLOCKS[coding].block, STRICT)),
];

/** Few bytes that keep everybody else waiting. */
export const STALLS: readonly HostileCase[] = [...small, behindTheLimit, ...emptyBlocks, ...lz64, ...strictCodings, ...flags, ...beside];
