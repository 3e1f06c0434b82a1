import type { CompatReport, CompatResult } from './compat-run.js';

/** The report for people. */
export function reportText({ mode, results, skipped }: CompatReport, url: URL, other: URL | undefined): string {
  const wrong = results.filter(({ problems }) => problems.length > 0);
  const alike = results.length - wrong.length;
  const lines = [
    mode === 'expected' ? `${url.href} against the corpus` : `${url.href} against ${other?.href}`,
    '',
    ...wrong.flatMap(describe),
    ...(wrong.length > 0 ? [''] : []),
    mode === 'expected' ? `${alike} of ${results.length} answers as expected` : `${alike} of ${results.length} answers alike`,
    ...bySource(wrong),
    ...Object.entries(skipped).map(([why, ids]) => `left out, ${why}: ${ids.length}`),
    'Answers only: what an endpoint produces is not looked at.',
  ];
  return lines.join('\n');
}

function describe({ id, title, source, decision, problems }: CompatResult): string[] {
  const note = decision === undefined ? '' : ` [a decision of this project: ${decision}]`;
  return [`${id}  ${title} (${source})${note}`, ...problems.map((problem) => `      ${problem}`)];
}

/** Where the differences lie: `4.4: 2, 12.E: 1`. */
function bySource(wrong: readonly CompatResult[]): string[] {
  if (wrong.length === 0) return [];
  const groups = Map.groupBy(wrong, ({ source }) => source.split(/[ ,]/, 1)[0]);
  return [`by part of the protocol: ${[...groups].map(([part, group]) => `${part}: ${group.length}`).join(', ')}`];
}

/** 1 for differences; what a decision of this project explains is none between two endpoints. */
export function exitCodeOf({ mode, results }: CompatReport): number {
  return results.some(({ problems, decision }) => problems.length > 0 && (mode === 'expected' || decision === undefined)) ? 1 : 0;
}
