import type { MemoryPlan } from './memory-plan.js';

/** Percentages of memory are a size as well. */
const OLD = /--max-old-space-size\b/;
const YOUNG = /--(?:min|max)-semi-space-size\b/;
/** Cannot be given together with both others. */
const WHOLE = /--max-heap-size\b/;

/**
 * How much garbage may come to what lives before V8 looks through the old space, percent. By itself V8 goes by the heap's
 * bound: it waits for up to three times the live part where there is much room, and for less than a half where there is not,
 * which with a bound of 720 MiB cost 20 to 26 µs an event of a batch instead of 13 to 15 (test/bench/memory.bench.ts).
 */
const GROWING = '--heap-growing-percent=100';

/** Node's flags for a plan, without those that the operator has decided on: on the command line or in NODE_OPTIONS. */
export function memoryFlags({ semiSpaceMib, oldSpaceMib }: MemoryPlan, execArgv: readonly string[], nodeOptions = ''): string[] {
  // V8 takes underscores for dashes.
  const given = [...execArgv, nodeOptions].join(' ').replaceAll('_', '-');
  if (WHOLE.test(given)) return [];
  return [
    ...(YOUNG.test(given) ? [] : [`--max-semi-space-size=${semiSpaceMib}`]),
    ...(OLD.test(given) ? [] : [`--max-old-space-size=${oldSpaceMib}`]),
    ...(given.includes('--heap-growing-percent') ? [] : [GROWING]),
  ];
}
