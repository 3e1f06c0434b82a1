import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ASSUMPTIONS } from '../cost/assumptions.ts';
import { withCosts } from './cost-page.ts';
import { withFigures } from './performance-page.ts';
import type { BenchResult, GrowthResult } from './results.ts';

/** Pages whose figures are computed from what the bench wrote, as they should be. */
export function pages(docs: string): { file: string; present: string; wanted: string }[] {
  const read = (file: string) => readFileSync(join(docs, file), 'utf8');
  const bench = JSON.parse(read('performance/bench.json')) as BenchResult;
  const grown = JSON.parse(read('performance/growth.json')) as GrowthResult;
  const [cost, performance] = [read('cost.md'), read('performance.md')];
  return [
    { file: 'cost.md', present: cost, wanted: withCosts(cost, bench, ASSUMPTIONS) },
    { file: 'performance.md', present: performance, wanted: withFigures(performance, bench, grown) },
  ];
}

export function renewPages(docs: string): void {
  for (const { file, wanted } of pages(docs)) writeFileSync(join(docs, file), wanted);
}
