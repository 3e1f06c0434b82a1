import type { Outcome } from './run-case.js';

export interface Row extends Outcome {
  readonly problems: readonly string[];
  readonly excesses: readonly string[];
}

/** One line a case, those that failed marked; widths are for a terminal of 160 columns. */
export function tableOf(rows: readonly Row[]): string {
  const lines = rows.map(lineOf);
  const head = ['', 'case', 'bytes', '', 'status', 'ms', 'CPU s', 'loop ms', 'peak MiB', 'honest, ms'];
  const all = [head, ...lines];
  const widths = head.map((_, i) => Math.max(...all.map((cells) => cells[i].length)));
  return all.map((cells) => cells.map((cell, i) => (i === 1 ? cell.padEnd(widths[i]) : cell.padStart(widths[i]))).join('  ')).join('\n');
}

/** The cells of one line. */
export function lineOf(row: Row): string[] {
  return [
    row.problems.length > 0 ? 'FAILED' : row.excesses.length > 0 ? 'OVER' : 'ok',
    `${row.group}: ${row.name}`.slice(0, 72),
    String(row.bytes),
    row.isAlive ? 'alive' : 'DEAD',
    String(row.answer.status),
    String(row.answer.ms),
    row.cpuSeconds.toFixed(2),
    row.loopMs === undefined ? '-' : String(row.loopMs),
    String(row.peakMib),
    `${row.honest.status} ${row.honest.ms}`,
  ];
}
