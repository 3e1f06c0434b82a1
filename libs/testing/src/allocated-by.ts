import { GCProfiler, getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/** Bytes that some work allocated, whether or not they were given back since. */
export interface Allocated {
  /** JavaScript objects and strings. V8 hands its heap out in blocks: nothing at all may count for half a megabyte. */
  readonly heap: number;
  /** What lies outside: buffers, the output of zlib, memory of WebAssembly. */
  readonly external: number;
  readonly total: number;
}

/** One size of input: what the work on it allocated, and that for each of its bytes. */
export interface AllocatedAt extends Allocated {
  readonly bytes: number;
  readonly perByte: number;
}

const RUNS = 3;

let gc: (() => void) | undefined;

/** Now, and all of it. Flags are set at first use: not in every spec that imports a builder from this room. */
export function collectGarbage(): void {
  if (gc === undefined) {
    setFlagsFromString('--expose-gc');
    gc = runInNewContext('gc') as () => void;
  }
  gc();
}

let isPrepared = false;

/** With a sweep beside us nobody can say how much a collection has freed, and so not how much was allocated before it. */
function prepare(): void {
  if (isPrepared) return;
  setFlagsFromString('--no-concurrent-array-buffer-sweeping');
  collectGarbage();
  isPrepared = true;
}

/**
 * What `work` allocates: the least of several runs after one that compiles. Counts all of the process, so nothing else may run
 * meanwhile; buffers that are allocated and freed in between count too.
 */
export async function allocatedBy(work: () => unknown, runs = RUNS): Promise<Allocated> {
  prepare();
  await work();
  let least = await allocatedOnce(work);
  for (let i = 1; i < runs; i++) {
    const other = await allocatedOnce(work);
    if (other.total < least.total) least = other;
  }
  return least;
}

/** The same work at several sizes of input, for the bytes it allocates per byte of it. Inputs are made one at a time. */
export async function allocatedPerByte<T extends { readonly length: number }>(
  sizes: readonly number[],
  inputOf: (size: number) => T,
  work: (input: T) => unknown,
): Promise<AllocatedAt[]> {
  const rows: AllocatedAt[] = [];
  for (const size of sizes) {
    const input = inputOf(size);
    const allocated = await allocatedBy(() => work(input));
    rows.push({ ...allocated, bytes: input.length, perByte: allocated.total / input.length });
  }
  return rows;
}

/** Heap and external bytes that are in use once all garbage is gone. */
export function heldBytes(): number {
  collectGarbage();
  const { used_heap_size: heap, external_memory: external } = getHeapStatistics();
  return heap + external;
}

async function allocatedOnce(work: () => unknown): Promise<Allocated> {
  // Else what an earlier run has left may be freed unseen, and be taken off what this one allocates.
  collectGarbage();
  const profiler = new GCProfiler();
  const before = getHeapStatistics();
  profiler.start();
  // Kept until the end: what work returns is not garbage while it runs.
  const result = await work();
  const after = getHeapStatistics();
  const { statistics } = profiler.stop();
  let external = 0;
  let last = before.external_memory;
  for (const { beforeGC, afterGC } of statistics) {
    external += Math.max(0, beforeGC.heapStatistics.externalMemory - last);
    last = afterGC.heapStatistics.externalMemory;
  }
  external += Math.max(0, after.external_memory - last);
  const heap = after.total_allocated_bytes - before.total_allocated_bytes;
  void result;
  return { heap, external, total: heap + external };
}
