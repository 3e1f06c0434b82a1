import { isCI, whyAllowed } from './allowed-skip.ts';

/** What became of a suite's tests. */
export interface Tally {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** One line for everything that was skipped, or failed without a test of its own. */
  readonly notes: readonly string[];
}

export const NOTHING: Tally = { passed: 0, failed: 0, skipped: 0, notes: [] };

export function plus(a: Tally, b: Tally): Tally {
  return { passed: a.passed + b.passed, failed: a.failed + b.failed, skipped: a.skipped + b.skipped, notes: [...a.notes, ...b.notes] };
}

/** In CI this is a failure, unless `test/allowed-skips.json` allows it. */
export function skippedSuite(name: string, reason: string): Tally {
  const note = `SKIPPED ${name}: ${reason}`;
  console.log(note);
  const isFailure = isCI() && whyAllowed(name, '') === undefined;
  return { ...NOTHING, skipped: 1, failed: isFailure ? 1 : 0, notes: [isFailure ? `${note} (in CI a skip is a failure)` : note] };
}

/** The parts of Vitest's JSON report that count. */
export interface Report {
  readonly testResults: readonly {
    readonly name: string;
    readonly status: string;
    readonly message?: string;
    readonly assertionResults: readonly { readonly fullName: string; readonly status: string }[];
  }[];
}

/** @param isGreen whether Vitest itself was content: an unhandled rejection fails a run in which every test passed. */
export function tallyOf(suite: string, report: Report | undefined, isGreen: boolean): Tally {
  if (!report) return { ...NOTHING, failed: 1, notes: [`FAILED ${suite}: the test runner gave no report`] };
  let { passed, failed, skipped } = NOTHING;
  const notes: string[] = [];
  for (const file of report.testResults) {
    for (const test of file.assertionResults) {
      if (test.status === 'passed') passed++;
      else if (test.status === 'failed') failed++;
      else {
        skipped++;
        notes.push(`SKIPPED ${suite}: ${test.fullName}`);
      }
    }
    if (file.status === 'failed' && !file.assertionResults.some(({ status }) => status === 'failed')) {
      failed++;
      notes.push(`FAILED ${suite}: ${file.name} did not load or finish`);
    }
  }
  if (!isGreen && failed === 0) {
    failed++;
    notes.push(`FAILED ${suite}: an error outside the tests, see above`);
  }
  return { passed, failed, skipped, notes };
}
