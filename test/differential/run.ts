import { inspect } from 'node:util';
import { caseOf } from './cases/case.js';
import { compare, type Comparison } from './compare.js';
import type { Wire } from './wire.js';

export interface Run {
  readonly cases: number;
  /** Requests of which at least one event got through; a run of nothing but refusals would show little. */
  readonly accepted: number;
  /** Refusals and drops by their code, to see that each was reached. */
  readonly reasons: ReadonlyMap<string, number>;
  /** What to print of cases in which the two differ; the first few. */
  readonly mismatches: readonly string[];
}

const MAX_MISMATCHES = 10;

/** Runs the cases `from` to `from + count - 1` of a seed through both implementations. */
export async function run(
  seed: number,
  from: number,
  count: number,
  onProgress?: (done: number, mismatches: number) => void,
): Promise<Run> {
  const mismatches: string[] = [];
  const reasons = new Map<string, number>();
  let accepted = 0;
  let done = 0;
  for (; done < count && mismatches.length < MAX_MISMATCHES; done++) {
    const number = from + done;
    const wire = caseOf(seed, number);
    const comparison = await compare(wire);
    if (!comparison.isEqual) mismatches.push(report(seed, number, wire, comparison));
    const { fast } = comparison;
    if ('refusal' in fast) tally(reasons, fast.refusal);
    else {
      if (fast.messages.length > 0) accepted++;
      for (const { cause } of fast.dropped) tally(reasons, cause);
    }
    if (done % 10_000 === 9_999) onProgress?.(done + 1, mismatches.length);
  }
  return { cases: done, accepted, reasons, mismatches };
}

function tally(reasons: Map<string, number>, reason: string): void {
  reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
}

function report(seed: number, number: number, { body, ...wire }: Wire, { fast, reference }: Comparison): string {
  const show = (value: unknown) => inspect(value, { depth: 6, breakLength: 160, maxStringLength: 4000 });
  return [
    `seed ${seed}, case ${number} (DIFF_SEED=${seed} DIFF_CASE=${number} repeats it alone)`,
    `request: ${show(wire)}`,
    `body, text: ${show(body.toString('latin1'))}`,
    `body, base64: ${body.toString('base64')}`,
    `fast path: ${show(fast)}`,
    `reference: ${show(reference)}`,
  ].join('\n');
}
