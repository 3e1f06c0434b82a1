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

/** The stages, of which not all are for others than their own room: what is called of them, and no more. */
interface Stages {
  scanPayload(body: Buffer, limits: object): { readonly events: readonly object[] };
  normalizeEvent(payload: object, event: object, token: string, context: object): object;
  readonly EventRecord: new (topic: string, event: object, context: object) => object;
  contentSize(message: object): number;
  encodeRecordBatch(records: readonly object[], identity: object, codec: string): Buffer;
}
const modules = [
  'decoder/src',
  'capture/src/normalize-event',
  'kafka/src/records/event-record',
  'kafka/src/records/record-batch',
  'kafka/src/records/record',
];
const files = modules.map((name) => pathToFileURL(resolve(first, 'libs', `${name}${name.endsWith('src') ? '/index' : ''}.js`)).href);
const loaded = Object.assign({}, ...(await Promise.all(files.map((file) => import(file))))) as Stages;
const { scanPayload, normalizeEvent, EventRecord, contentSize, encodeRecordBatch } = loaded;

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

const scan = () => bodies.map((body) => scanPayload(body, limits));
const scanned = scan();
const normalize = () => scanned.map((payload) => payload.events.map((event) => normalizeEvent(payload, event, 'phc_bench', context)));
const normalized = normalize();
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
