// Tests that a CI run may leave out, each with its reason and the day on which that ends: test/allowed-skips.json.
// As a command, `node scripts/allowed-skip.ts SUITE`: prints why a whole suite may be left out; in CI it fails if it may not.
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

export const isCI = process.env.CI === 'true' || process.env.CI === '1';

export const ALLOWED_SKIPS = JSON.parse(readFileSync(join(import.meta.dirname, '../test/allowed-skips.json'), 'utf8')) as AllowedSkip[];

/**
 * @param test its full name; empty for a suite that is left out as a whole
 * @returns the reason; undefined when nobody has allowed it, or no longer
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
  console.log(reason ?? `${suite} is not in test/allowed-skips.json, or was only until a day that has passed`);
  process.exitCode = reason === undefined && isCI ? 1 : 0;
}
