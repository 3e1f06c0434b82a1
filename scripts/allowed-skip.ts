// Tests that a CI run may skip: test/allowed-skips.json has each with its reason and its last day.
// `node scripts/allowed-skip.ts SUITE` prints why a whole suite may be skipped; in CI it fails when it may not.
import { readFileSync } from 'node:fs';
import { join } from 'node:path';

export interface AllowedSkip {
  /** The Vitest project. */
  readonly suite: string;
  /** What the test's full name begins with; empty is the whole suite. */
  readonly test: string;
  readonly reason: string;
  /** The last day, as YYYY-MM-DD in UTC. */
  readonly until: string;
}

export function isCI(): boolean {
  return process.env.CI === 'true' || process.env.CI === '1';
}

export const ALLOWED_SKIPS = JSON.parse(readFileSync(join(import.meta.dirname, '../test/allowed-skips.json'), 'utf8')) as AllowedSkip[];

/**
 * @param test its full name; empty for a whole suite
 * @returns the reason; undefined when no entry allows it, or its last day has passed
 */
export function whyAllowed(suite: string, test: string, today = utcDay(), list = ALLOWED_SKIPS): string | undefined {
  return list.find((skip) => skip.suite === suite && test.startsWith(skip.test) && today <= skip.until)?.reason;
}

function utcDay(): string {
  return new Date().toISOString().slice(0, 10);
}

if (import.meta.main) {
  const suite = process.argv[2] ?? '';
  const reason = whyAllowed(suite, '');
  console.log(reason ?? `${suite}: test/allowed-skips.json does not allow to skip it, or no longer does`);
  process.exitCode = reason === undefined && isCI() ? 1 : 0;
}
