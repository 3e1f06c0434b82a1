import { execFile } from 'node:child_process';
import { join } from 'node:path';
import { promisify } from 'node:util';
import type { Subject } from './subject.ts';
import type { WorkloadName } from './workloads.ts';

const run = promisify(execFile);

export interface Figures {
  readonly requestsPerSecond: number;
  readonly eventsPerSecond: number;
  /** Of the whole process group. */
  readonly cpuMicrosecondsPerEvent: number;
  /** Of the acknowledgement, milliseconds. */
  readonly p50: number;
  readonly p99: number;
  readonly refused: number;
}

export interface Load {
  readonly workload: WorkloadName;
  readonly eventsPerRequest: number;
  readonly seconds: number;
  readonly connections: number;
  readonly requestsPerSecond?: number;
}

export async function measure(subject: Subject, load: Load): Promise<Figures> {
  const { workload, eventsPerRequest, seconds, connections, requestsPerSecond } = load;
  const args = [subject.url, workload, seconds, connections, ...(requestsPerSecond ? [requestsPerSecond] : [])].map(String);
  const before = subject.cpu();
  const { stdout } = await run(process.execPath, [join(import.meta.dirname, 'load.ts'), ...args]);
  const cpu = subject.cpu() - before;
  const result = JSON.parse(stdout) as { seconds: number; accepted: number; refused: number; p50: number; p99: number };
  const events = result.accepted * eventsPerRequest;
  return {
    requestsPerSecond: result.accepted / result.seconds,
    eventsPerSecond: events / result.seconds,
    cpuMicrosecondsPerEvent: cpu / Math.max(1, events),
    p50: result.p50,
    p99: result.p99,
    refused: result.refused,
  };
}

export function median(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}
