// `node --disable-warning=TimeoutNegativeWarning test/bench/workers.bench.ts [seconds] [pairs]` after `npm run build`
//
// What an event costs with two workers, against one process: CPU of the whole group by the operating system's account. A
// core gives a second of CPU a second, so n workers take n times the events of one process, times the ratio of these costs,
// wherever load generator and broker leave n cores to them.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { freePort } from '../services/free-port.ts';
import { startServices } from '../services/start-services.ts';
import { measure, median } from './gateway/measure.ts';
import { startSubject, type Subject } from './gateway/subject.ts';
import type { WorkloadName } from './gateway/workloads.ts';

const MAIN = join(import.meta.dirname, '../../dist/src/main.js');
const [seconds = 5, pairs = 3] = process.argv.slice(2).map(Number);
/** Requests a second for each process: about a quarter of a core, so that there is room for all on two. */
const RATES: Partial<Record<WorkloadName, number>> = { single: 2000, batch100: 150, gzbatch100: 120 };

const services = await startServices(['KAFKA_HOSTS']);
const hosts = services.env.KAFKA_HOSTS ?? process.env.KAFKA_HOSTS ?? '';
const data = mkdtempSync(join(tmpdir(), 'inlet-bench-'));
const start = async (workers: number): Promise<Subject> => {
  const env = { KAFKA_HOSTS: hosts, KAFKA_TOPIC: 'bench', KAFKA_CREATE_TOPICS: 'true', DATA_DIR: join(data, String(workers)) };
  return startSubject(`${workers}`, MAIN, await freePort(), { ...env, WORKERS: String(workers), LOG_LEVEL: 'error' });
};
const [one, two] = [await start(1), await start(2)];
try {
  console.log('workload     1: µs/event  2: µs/event  2 workers take, of 1    peak MiB 1, 2');
  for (const workload of Object.keys(RATES) as WorkloadName[]) {
    // The same rate for each process: what comes together goes to the broker together, and costs less.
    const load = (n: number) => ({ load: workload, seconds, connections: 32 * n, requestsPerSecond: RATES[workload]! * n });
    for (const subject of [one, two]) await measure(subject, load(2));
    const ours: number[] = [];
    const theirs: number[] = [];
    for (let pair = 0; pair < pairs; pair++) {
      ours.push((await measure(one, load(1))).cpuMicrosecondsPerEvent);
      theirs.push((await measure(two, load(2))).cpuMicrosecondsPerEvent);
    }
    const factor = 2 * median(ours.map((cpu, i) => cpu / theirs[i]));
    const cells = [median(ours).toFixed(2).padStart(11), median(theirs).toFixed(2).padStart(12), `${factor.toFixed(2)} times`.padStart(16)];
    const memory = [one, two].map((subject) => (subject.peakMemory().anonymous / 2 ** 20).toFixed(0)).join(', ');
    console.log(`${workload.padEnd(12)} ${cells.join(' ')}          ${memory.padStart(10)}`);
  }
} finally {
  await Promise.all([one.stop(), two.stop()]);
  await services.stop();
  rmSync(data, { recursive: true, force: true });
}
