import type { Row } from './row.ts';

const COLUMNS: readonly (readonly [title: string, cell: (row: Row) => string | number])[] = [
  ['scenario', ({ scenario }) => scenario],
  ['sent', ({ sent }) => sent],
  ['acked', ({ acknowledged }) => acknowledged],
  ['found', ({ found }) => found],
  ['lost', ({ lost }) => lost],
  ['dup', ({ duplicated }) => duplicated],
  ['<=', ({ bounds }) => bounds.duplicates],
  ['disorder', ({ outOfOrder }) => outOfOrder],
  ['refused', ({ refused }) => refused],
  ['p50 ms', ({ p50 }) => ms(p50)],
  ['p99 ms', ({ p99 }) => ms(p99)],
  ['gap ms', ({ gap }) => ms(gap)],
  ['anon MiB', ({ memory }) => ms(memory?.anonymous)],
  ['rss MiB', ({ memory }) => ms(memory?.resident)],
  ['cgroup', ({ memory }) => (memory?.cgroup === undefined ? '-' : ms(memory.cgroup))],
  ['', ({ problems }) => (problems.length === 0 ? 'ok' : 'RED')],
];

/** The table, with the notes and problems of its rows below it. */
export function tableOf(rows: readonly Row[]): string {
  const cells = [COLUMNS.map(([title]) => title), ...rows.map((row) => COLUMNS.map(([, cell]) => String(cell(row))))];
  const widths = COLUMNS.map((_, column) => Math.max(...cells.map((line) => line[column].length)));
  const lines = cells.map((line) => line.map((cell, i) => (i === 0 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  '));
  const details = rows.flatMap(({ scenario, notes, problems }) => [
    ...notes.map((note) => `  ${scenario}: ${note}`),
    ...problems.map((problem) => `  ${scenario}: RED: ${problem}`),
  ]);
  return [...lines, ...details].join('\n');
}

function ms(value: number | undefined): string {
  return value === undefined || Number.isNaN(value) ? '-' : value.toFixed(0);
}
