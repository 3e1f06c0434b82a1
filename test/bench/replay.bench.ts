/*
 * What a snapshot request costs beside what it can't cost less than:
 *
 *     npm run build && node test/bench/replay.bench.ts [pairs] [dist]
 *
 * Gateway: decode, scan, group, encode the message into the bytes that are produced; HTTP and produce are not in it.
 * Floor: inflate, escape as a JSON string, one copy. Both in turn, on a request of 500 KB inflated; the median of the
 * paired ratios of processor time counts, as the machine may be shared. Two kinds of recording: plain items, and items that the recorder
 * compressed into strings. Then one that must be split.
 */
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { gunzipSync, gzipSync } from 'node:zlib';

const [pairs = '40', dist = 'dist'] = process.argv.slice(2);
const load = <T>(room: string) => import(pathToFileURL(resolve(dist, `libs/${room}/src/index.js`)).href) as Promise<T>;
const { decode, loosePolicies, DecoderConfig } = await load<typeof import('../../libs/decoder/src/index.js')>('decoder');
const { encodeMessage, runAtOnce } = await load<typeof import('../../libs/event/src/index.js')>('event');
const { groupSnapshots } = await load<typeof import('../../libs/replay/src/index.js')>('replay');

const POLICY = loosePolicies(new DecoderConfig(), { maxBytes: 1_000_000, variable: 'KAFKA_PRODUCER_MESSAGE_MAX_BYTES' }).recordings;
const RESOURCES = {
  reserve: () => undefined,
  release: () => undefined,
  reserveInTime: () => Promise.resolve(undefined),
  turnFor: () => undefined,
};

const INFLATED = 500_000;
const now = 1_700_000_000_000;
const nowText = new Date(now).toISOString();
const context = {
  now,
  nowText,
  path: '/s',
  ip: '203.0.113.9',
  userAgent: 'bench',
  sentAt: undefined,
  sentAtText: undefined,
  doNotTrack: false,
  isHistorical: false,
};

function plainItem(n: number): unknown {
  const node = { type: 2, tagName: 'div', attributes: { class: `row row-${(n * 7919) % 1000}`, id: `n${n}` }, childNodes: [], id: n };
  const mutation = { source: 0, texts: [], removes: [], adds: [{ parentId: n % 97, nextId: null, node }] };
  return { type: 3, data: { ...mutation, attributes: [{ id: n, attributes: { style: { width: `${n % 300}px` } } }] }, timestamp: now + n };
}

function compressedItem(n: number): unknown {
  const adds = Array.from({ length: 60 }, (_, i) => plainItem(n * 61 + i * i));
  return { type: 3, cv: '2024-10', data: { source: 0, adds: gzipSync(JSON.stringify(adds)).toString('latin1') }, timestamp: now + n };
}

function request(itemOf: (n: number) => unknown): Buffer {
  const items: string[] = [];
  for (let bytes = 0; bytes < INFLATED; bytes += items.at(-1)!.length) items.push(JSON.stringify(itemOf(items.length)));
  const id = '0193aaaa-bbbb-7ccc-8ddd-eeeeffff0001';
  const properties = `"token":"phc_bench","distinct_id":"${id}","$session_id":"${id}","$window_id":"${id}","$lib":"web"`;
  return gzipSync(`[{"event":"$snapshot","properties":{"$snapshot_data":[${items.join(',')}],${properties}},"timestamp":"${nowText}"}]`);
}

function gateway(body: Buffer, messageMaxBytes: number): Buffer[] {
  const source = { body, contentType: 'text/plain', contentEncoding: undefined, query: {} };
  const payload = decode(source, POLICY, RESOURCES) as import('../../libs/decoder/src/index.js').ScannedPayload;
  const captured = { payload, token: 'phc_bench', context, origin: undefined, isBeacon: false };
  const options = { messageMaxBytes, admit: () => 'phc_bench', onReplaced: () => {} };
  const { events } = runAtOnce(groupSnapshots(captured, payload.events, options));
  return events.map((event) => encodeMessage(event, context).value);
}

function floor(body: Buffer): Buffer {
  const inflated = gunzipSync(body, { chunkSize: body.readUInt32LE(body.length - 4) + 1 });
  return Buffer.from(JSON.stringify(inflated.latin1Slice(0, inflated.length)), 'latin1');
}

const BLOCK = 10;

/** Milliseconds of processor time a call, collecting garbage counted: what other processes do meanwhile is not in it. */
function milliseconds(work: () => unknown): number {
  const begin = process.cpuUsage();
  for (let i = 0; i < BLOCK; i++) work();
  const { user, system } = process.cpuUsage(begin);
  return (user + system) / 1000 / BLOCK;
}

const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];

for (const [name, itemOf, limit] of [
  ['plain items', plainItem, 8_000_000],
  ['compressed items', compressedItem, 8_000_000],
  ['plain items, split', plainItem, 200_000],
] as const) {
  const body = request(itemOf);
  for (let i = 0; i < 500; i++) {
    gateway(body, limit);
    floor(body);
  }
  const messages = gateway(body, limit).length;
  const times = Array.from({ length: Number(pairs) }, () => [milliseconds(() => gateway(body, limit)), milliseconds(() => floor(body))]);
  const ratio = median(times.map(([ours, bare]) => ours / bare));
  const [ours, bare] = [0, 1].map((at) => median(times.map((pair) => pair[at])).toFixed(2));
  console.log(
    `${name}: ${(body.length / 1000).toFixed(0)} kB gzip, ${messages} message(s): gateway ${ours} ms, floor ${bare} ms, ratio ${ratio.toFixed(2)}`,
  );
}
