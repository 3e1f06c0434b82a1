import type { LoadResult } from '../load/load.ts';
import { sleep, type Stage } from '../stage.ts';
import { during, timingOf } from '../verdict/timing.ts';
import type { Load } from '../load/load.ts';

/** What a circuit may take to open: the deadline and a little more. */
const SETTLED_MS = 3500;

export const now = (): number => performance.timeOrigin + performance.now();

/** Answers come from the brokers again. */
export function untilDirect(stage: Stage, load: Load, seconds = 60): Promise<void> {
  return stage.until('new events go directly to the brokers', () => load.progress.ack === 'kafka', seconds);
}

export function untilAck(stage: Stage, load: Load, ack: RegExp, seconds = 30): Promise<void> {
  return stage.until(`an acknowledgement ${ack}`, () => ack.test(load.progress.ack), seconds);
}

/** How acknowledgements fared once the outage was known: the figure that the promise of 100 ms is about. */
export function noteOutage(stage: Stage, { records }: LoadResult, from: number, to: number): void {
  const settled = during(records, from + SETTLED_MS, to);
  const { p50, p99 } = timingOf(settled);
  if (settled.length > 0)
    stage.note(`during the outage, once known: p50 ${p50.toFixed(0)} ms, p99 ${p99.toFixed(0)} ms over ${settled.length} requests`);
}

export function noteAcks(stage: Stage, { records }: LoadResult): Map<string, number> {
  const counts = new Map<string, number>();
  for (const { status, ack, detail } of records) {
    const kind = status === 200 ? ack : status === 0 ? detail : String(status);
    counts.set(kind, (counts.get(kind) ?? 0) + 1);
  }
  stage.note([...counts].map(([kind, count]) => `${kind} ${count}`).join(', '));
  return counts;
}

/** The usual course: some seconds of fair weather, the fault, its end, the way back to normal, and some seconds of that. */
export async function throughFault(
  stage: Stage,
  load: Load,
  fault: { readonly begin: () => unknown; readonly seconds: number; readonly end: () => unknown },
): Promise<LoadResult> {
  await untilDirect(stage, load);
  await sleep(1500);
  const began = now();
  await fault.begin();
  await sleep(fault.seconds * 1000);
  const ended = now();
  await fault.end();
  await untilDirect(stage, load);
  await sleep(1000);
  const result = await stage.end(load);
  await stage.untilDrained();
  noteOutage(stage, result, began, ended);
  noteAcks(stage, result);
  return result;
}
