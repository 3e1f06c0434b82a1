import { ALL_CODES } from '../faults/broker-faults.js';
import { FAULT_NAMES } from '../faults/storm.js';

/** What has to happen in a run of many seeds, or it has shown little. */
export const EXPECTED: readonly string[] = [
  ...FAULT_NAMES,
  ...ALL_CODES.map((code) => `code ${code}`),
  'answer lost',
  'appended, and refused',
  'answered kafka',
  'answered spool',
  'answered refused',
];

/** Of those what did not happen. */
export const missing = (counts: Readonly<Record<string, number>>): string[] => EXPECTED.filter((name) => !(counts[name] > 0));

/** The counts for a reader: one a line, error codes together. */
export function table(counts: Readonly<Record<string, number>>): string {
  const codes = ALL_CODES.map((code) => `${code}: ${counts[`code ${code}`] ?? 0}`).join(', ');
  const others = Object.keys(counts).filter((name) => !name.startsWith('code '));
  const names = [...new Set([...FAULT_NAMES, ...others])].toSorted();
  const rows = names.map((name) => `${String(counts[name] ?? 0).padStart(9)} ${name}`);
  return [...rows, `error codes answered: ${codes}`].join('\n');
}
