/*
 * Microseconds of processor time an event, stage by stage, on a batch of 100 as a browser SDK sends it:
 *
 *     npm run build && node test/bench/stages.bench.ts [dist]...
 *
 * Given several builds it measures them in turn, each in a process of its own, so that they can be compared on a machine that
 * is shared.
 */
import { spawnSync } from 'node:child_process';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { workloads } from './gateway/workloads.ts';

const [first = 'dist', ...others] = process.argv.slice(2);
if (others.length > 0) {
  for (let round = 0; round < 3; round++)
    for (const dist of [first, ...others])
      console.log(`${dist}: ${spawnSync(process.execPath, [import.meta.filename, dist], { encoding: 'utf8' }).stdout.trim()}`);
  process.exit();
}

const load = <T>(file: string) => import(pathToFileURL(resolve(first, 'libs', file)).href) as Promise<T>;
const { scanPayload } = await load<typeof import('../../libs/decoder/src/index.js')>('decoder/src/index.js');
const { normalizeEvent } = await load<typeof import('../../libs/capture/src/normalize-event.js')>('capture/src/normalize-event.js');
const { EventRecord } = await load<typeof import('../../libs/kafka/src/records/event-record.js')>('kafka/src/records/event-record.js');
const { encodeRecordBatch } =
  await load<typeof import('../../libs/kafka/src/records/record-batch.js')>('kafka/src/records/record-batch.js');
const { contentSize } = await load<typeof import('../../libs/kafka/src/records/record.js')>('kafka/src/records/record.js');

const { bodies } = workloads().batch100;
const limits = { maxDepth: 128, maxEvents: 10_000 };
const now = 1_711_098_902_325;
const nowText = new Date(now).toISOString();
const context = {
  now,
  nowText,
  path: '/batch',
  ip: '203.0.113.9',
  userAgent: 'bench',
  sentAt: now,
  sentAtText: nowText,
  doNotTrack: false,
  isHistorical: false,
} as const;
const identity = { timestamp: now, producerId: -1n, producerEpoch: -1, baseSequence: -1 };

type Normalized = Exclude<ReturnType<typeof normalizeEvent>, { cause: unknown }>;
const scan = () => bodies.map((body) => scanPayload(body, limits));
const scanned = scan();
const normalize = () => scanned.map((payload) => payload.events.map((event) => normalizeEvent(payload, event, 'phc_bench', context)));
const normalized = normalize() as Normalized[][];
const record = () => normalized.map((events) => events.map((event) => new EventRecord('events', event, context)));
const batches = record().map((messages) => messages.map((message) => ({ message, size: contentSize(message) })));
const batch = () => batches.map((records) => encodeRecordBatch(records, identity, 'none'));

const stages = { scan, normalize, record, batch };
const events = bodies.length * 100;
const median = (values: readonly number[]) => values.toSorted((a, b) => a - b)[values.length >> 1];
const times = Object.entries(stages).map(([name, run]) => {
  for (let i = 0; i < 50; i++) void run();
  return { name, run, figures: [] as number[] };
});
for (let round = 0; round < 9; round++)
  for (const { run, figures } of times) {
    const begin = process.cpuUsage();
    for (let i = 0; i < 15; i++) void run();
    const { user, system } = process.cpuUsage(begin);
    figures.push((user + system) / (15 * events));
  }
console.log(times.map(({ name, figures }) => `${name} ${median(figures).toFixed(2)}`).join('  '));
