/*
 * What limits cost:
 *
 *     npm run build && node test/bench/quota.bench.ts [seconds]
 *
 * The memory and time of a million ids in the overflow limiter and in the global one; the CPU time of a batch over quota
 * against that of an accepted one (embedded log, in turn, so that a noisy machine is noisy to both).
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { freePort } from '../services/free-port.ts';
import { measure, median } from './gateway/measure.ts';
import { startSubject } from './gateway/subject.ts';
import { EVENTS_PER_REQUEST, TOKEN, type WorkloadName } from './gateway/workloads.ts';

const KEYS = 1_000_000;
const PAIRS = 3;
const seconds = Number(process.argv[2] ?? 4);
const { Gcra, GlobalRateLimiter, Thresholds } = (await import(
  pathToFileURL(resolve('dist/libs/quota/src/index.js')).href
)) as typeof import('../../libs/quota/src/index.js');

const clock = { now: () => Date.now(), monotonic: () => performance.now() };
const gcra = new Gcra({ perSecond: 100, burst: 1000 }, 2 * KEYS);
million(
  'overflow limiter (GCRA)',
  (key) => gcra.isLimited(key, 0),
  () => gcra.size,
);
const store = { add: async () => [] };
const rate = { windowMs: 60_000, syncMs: 15_000, maxKeys: 2 * KEYS };
const limiter = new GlobalRateLimiter(rate, new Thresholds(300_000, []), store, clock);
million(
  'global rate limiter',
  (key) => limiter.isLimited('phc_bench', key),
  () => limiter.size,
);
for (const workload of ['batch100', 'gzbatch100'] as const) await overQuota(workload);

function million(name: string, touch: (key: string) => void, size: () => number): void {
  globalThis.gc?.();
  const before = process.memoryUsage().rss;
  const startedAt = performance.now();
  let longest = 0;
  for (let i = 0; i < KEYS; i++) {
    const at = performance.now();
    touch(`phc_bench:0190f5f0-0000-7000-8000-${i.toString(16).padStart(12, '0')}`);
    longest = Math.max(longest, performance.now() - at);
  }
  const ns = ((performance.now() - startedAt) * 1e6) / KEYS;
  const mb = (process.memoryUsage().rss - before) / 1e6;
  console.log(`${name}: ${size()} ids take ${mb.toFixed(0)} MB, ${ns.toFixed(0)} ns an event, the longest ${longest.toFixed(1)} ms`);
}

async function overQuota(workload: WorkloadName): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'inlet-quota-bench-'));
  const file = join(folder, 'quota.json');
  await writeFile(file, JSON.stringify({ events: [TOKEN] }));
  const main = resolve('dist/src/main.js');
  const start = async (name: string, env: Record<string, string>) =>
    startSubject(name, main, await freePort(), { DATA_DIR: join(folder, name), LOG_LEVEL: 'warn', ...env });
  const accepting = await start('accepting', {});
  const refusing = await start('refusing', { QUOTA_SOURCE: 'file', QUOTA_FILE: file });
  try {
    const events = EVENTS_PER_REQUEST[workload];
    const load = { load: workload, seconds, connections: 16 };
    for (const subject of [accepting, refusing]) await measure(subject, { ...load, seconds: Math.min(2, seconds) });
    const [accepted, refused]: [number[], number[]] = [[], []];
    for (let pair = 0; pair < PAIRS; pair++) {
      accepted.push((await measure(accepting, load)).cpuMicrosecondsPerEvent * events);
      refused.push((await measure(refusing, load)).cpuMicrosecondsPerEvent * events);
    }
    const ratio = median(refused.map((cost, i) => cost / accepted[i]));
    const [a, r] = [median(accepted), median(refused)].map((cost) => cost.toFixed(0));
    console.log(`${workload}: over quota ${r} µs of CPU a request, accepted ${a} µs, ratio ${ratio.toFixed(2)} (wanted: under 0.33)`);
  } finally {
    await Promise.all([accepting.stop(), refusing.stop()]);
    await rm(folder, { recursive: true });
  }
}
