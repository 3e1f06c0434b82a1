/*
 * Durable events a second through the log's group commit, in this directory's file system:
 *
 *     npm run build && node test/bench/spool.bench.ts [seconds] [dist]
 *
 * Requests of one and of fifty events of 1.3 KB, 500 of them waiting at any time. The raw line is what the disk gives
 * to bare 1 MiB writes with an fdatasync each: no log can be faster.
 */
import { mkdtemp, open, rm } from 'node:fs/promises';
import { resolve } from 'node:path';
import { pathToFileURL } from 'node:url';

const [seconds = '5', dist = 'dist'] = process.argv.slice(2);
const { SegmentLog, encodeStoredMessage } = (await import(
  pathToFileURL(resolve(dist, 'libs/spool/src/index.js')).href
)) as typeof import('../../libs/spool/src/index.js');

const MIB = 1024 * 1024;
const CONCURRENT = 500;
const uuid = '018bcfe5-6800-7000-8000-000000000001';
const headers = {
  token: 'phc_bench',
  distinct_id: 'user',
  timestamp: '1700000000000',
  event: 'bench',
  uuid,
  now: '2023-11-14T22:13:20.000Z',
};
const value = Buffer.alloc(950, 'v');
const stored = () =>
  encodeStoredMessage({
    message: { route: 'main', topic: undefined, key: 'phc_bench:user', headers, value },
    receivedAt: Date.now(),
    token: 'phc_bench',
  });
const eventBytes = stored().reduce((sum, { byteLength }) => sum + byteLength, 36);

const directory = await mkdtemp(resolve('spool-bench-'));
try {
  console.log(`raw: ${Math.round((await rawBytesPerSecond()) / eventBytes)} events of ${eventBytes} bytes a second`);
  for (const eventsPerRequest of [1, 50]) await measure(eventsPerRequest);
} finally {
  await rm(directory, { recursive: true });
}

async function measure(eventsPerRequest: number): Promise<void> {
  const log = await SegmentLog.open({
    directory: resolve(directory, 'log'),
    segmentBytes: 64 * MIB,
    retention: { bytes: 256 * MIB, ageMs: 3_600_000 },
    pendingBytes: 256 * MIB,
  });
  const startedAt = performance.now();
  const until = startedAt + Number(seconds) * 1000;
  const cpu = process.cpuUsage();
  const waits: number[] = [];
  let events = 0;
  const client = async () => {
    while (performance.now() < until) {
      const sentAt = performance.now();
      await log.append(Array.from({ length: eventsPerRequest }, stored));
      waits.push(performance.now() - sentAt);
      events += eventsPerRequest;
    }
  };
  await Promise.all(Array.from({ length: CONCURRENT }, client));
  const took = (performance.now() - startedAt) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  const sorted = waits.toSorted((a, b) => a - b);
  const wait = (share: number) => (sorted[Math.floor(sorted.length * share)] ?? 0).toFixed(1);
  const perEvent = ((user + system) / events).toFixed(2);
  console.log(
    `${eventsPerRequest} a request: ${Math.round(events / took)} durable events a second, p50 ${wait(0.5)} ms, p99 ${wait(0.99)} ms, ${perEvent} µs CPU an event`,
  );
  await log.close();
}

async function rawBytesPerSecond(): Promise<number> {
  const file = await open(resolve(directory, 'raw'), 'w');
  const block = Buffer.alloc(MIB, 1);
  const startedAt = performance.now();
  let bytes = 0;
  while (performance.now() - startedAt < 2_000) {
    await file.write(block, 0, MIB, bytes % (64 * MIB));
    await file.datasync();
    bytes += MIB;
  }
  const took = (performance.now() - startedAt) / 1000;
  await file.close();
  return bytes / took;
}
