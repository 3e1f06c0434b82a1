import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { LoadOptions, LoadResult } from './load-options.ts';
import { eventsPerRequest } from './requests.ts';
import type { Subject } from './subject.ts';

const run = promisify(execFile);

export interface Figures {
  readonly requestsPerSecond: number;
  readonly eventsPerSecond: number;
  /** Acknowledged. */
  readonly events: number;
  /** Of the whole process group. */
  readonly cpuMicrosecondsPerEvent: number;
  /** To brokers and clients: two that do the same work write the same. */
  readonly bytesWrittenPerEvent: number;
  /** Of the acknowledgement, milliseconds. */
  readonly p50: number;
  readonly p99: number;
  /** Open loop: requests that the rate was too high for. */
  readonly late: number;
}

export type Load = Omit<LoadOptions, 'url'>;

export async function measure(subject: Subject, load: Load): Promise<Figures> {
  const options: LoadOptions = { url: subject.url, ...load };
  const [before, writtenBefore] = [subject.cpu(), subject.written()];
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'load.ts'), JSON.stringify(options)]);
  const [cpu, written] = [subject.cpu() - before, subject.written() - writtenBefore];
  const result = JSON.parse(stdout) as LoadResult;
  // A figure of which a part was refused says nothing; to refuse is what quota.bench.ts measures, which is answered 200.
  if (Object.keys(result.refusals).length > 0)
    throw new Error(`${subject.name} refused some of ${JSON.stringify(load)}: ${JSON.stringify(result.refusals)}`);
  const events = result.accepted * eventsPerRequest(load.load);
  return {
    requestsPerSecond: result.accepted / result.seconds,
    eventsPerSecond: events / result.seconds,
    events,
    cpuMicrosecondsPerEvent: cpu / Math.max(1, events),
    bytesWrittenPerEvent: written / Math.max(1, events),
    p50: result.p50,
    p99: result.p99,
    late: result.late,
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
