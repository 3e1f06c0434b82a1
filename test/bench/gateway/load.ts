// One run of load, in a process of its own so that it shares nothing with what it measures.
//   node load.ts '{"url":…,"seconds":…,"connections":…, …}'      (LoadOptions)      prints one line of JSON (LoadResult)
import { setTimeout as sleep } from 'node:timers/promises';
import { HttpConnection } from './http-connection.ts';
import type { LoadOptions, LoadResult } from './load-options.ts';
import { requestsOf } from './requests.ts';

const options = JSON.parse(process.argv[2]) as LoadOptions;
const { hostname, port } = new URL(options.url);
const open = () => HttpConnection.open(hostname, Number(port));
const nextRequest = requestsOf(options);

const latencies: number[] = [];
let accepted = 0;
const refusals: Record<string, number> = {};
let late = 0;

async function exchange(slot: Slot, due: number): Promise<void> {
  const { status, body, isKept } = await slot.connection.send(nextRequest());
  latencies.push(performance.now() - due);
  if (status === 200) accepted++;
  else {
    const reason = `${status} ${body.slice(0, 200)}`;
    refusals[reason] = (refusals[reason] ?? 0) + 1;
  }
  if (!isKept) slot.connection = await open();
}

interface Slot {
  connection: HttpConnection;
}

/** Every connection sends its next request as soon as its last one is answered. */
async function closedLoop(slots: readonly Slot[], end: number): Promise<void> {
  await Promise.all(
    slots.map(async (slot) => {
      while (performance.now() < end) await exchange(slot, performance.now());
    }),
  );
}

/**
 * Requests fall due at a constant rate, answered or not; latency counts from when one was due, so that a stall is seen
 * by all that would have come during it.
 */
async function openLoop(slots: readonly Slot[], start: number, end: number, perSecond: number): Promise<void> {
  const free = [...slots];
  const due: number[] = [];
  const underWay = new Set<Promise<void>>();
  const pump = (): void => {
    while (due.length > 0 && free.length > 0) {
      // The one that has waited longest: all connections are in use, as behind a load balancer.
      const slot = free.shift()!;
      const one = exchange(slot, due.shift()!).finally(() => {
        free.push(slot);
        underWay.delete(one);
        pump();
      });
      underWay.add(one);
    }
  };
  for (let sent = 0; ;) {
    const now = Math.min(performance.now(), end);
    for (; start + (sent * 1000) / perSecond < now; sent++) due.push(start + (sent * 1000) / perSecond);
    pump();
    if (now >= end) break;
    await sleep(1);
  }
  // What the rate was too much for is not sent after the end, but told.
  late = due.length;
  due.length = 0;
  await Promise.all(underWay);
}

const slots: Slot[] = [];
// In hundreds: a backlog of pending connections has an end.
while (slots.length < options.connections) {
  const hundred = Math.min(100, options.connections - slots.length);
  slots.push(...(await Promise.all(Array.from({ length: hundred }, open))).map((connection) => ({ connection })));
}
const start = performance.now();
const end = start + options.seconds * 1000;
await (options.requestsPerSecond === undefined ? closedLoop(slots, end) : openLoop(slots, start, end, options.requestsPerSecond));
const seconds = (performance.now() - start) / 1000;
for (const { connection } of slots) connection.close();

latencies.sort((a, b) => a - b);
const quantile = (q: number) => latencies[Math.min(latencies.length - 1, Math.floor(latencies.length * q))] ?? 0;
const result: LoadResult = { seconds, accepted, refusals, late, p50: quantile(0.5), p99: quantile(0.99), max: quantile(1) };
console.log(JSON.stringify(result));
process.exit(0);
