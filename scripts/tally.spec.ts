import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { NOTHING, plus, skippedSuite, tallyOf } from './tally.ts';

const file = (status: string, ...tests: string[]) => ({
  name: 'a.spec.ts',
  status,
  assertionResults: tests.map((test, index) => ({ fullName: `test ${index}`, status: test })),
});

describe('the tally of a suite', () => {
  it('counts what passed, failed and was left out, and names what was left out', () => {
    const tally = tallyOf('e2e', { testResults: [file('failed', 'passed', 'failed', 'pending'), file('passed', 'passed', 'todo')] }, false);
    expect(tally).toEqual({ passed: 2, failed: 1, skipped: 2, notes: ['SKIPPED e2e: test 2', 'SKIPPED e2e: test 1'] });
  });

  it('counts a file that does not load as a failure', () => {
    expect(tallyOf('unit', { testResults: [file('failed')] }, false)).toMatchObject({
      failed: 1,
      notes: ['FAILED unit: a.spec.ts did not load or finish'],
    });
  });

  it('fails when the runner fails though every test passed', () => {
    expect(tallyOf('unit', { testResults: [file('passed', 'passed')] }, false)).toMatchObject({ passed: 1, failed: 1 });
  });

  it('fails when there is no report', () => {
    expect(tallyOf('unit', undefined, true)).toMatchObject({ failed: 1 });
  });

  it('adds up over suites', () => {
    const one = { passed: 1, failed: 0, skipped: 2, notes: ['a'] };
    expect(plus(plus(NOTHING, one), one)).toEqual({ passed: 2, failed: 0, skipped: 4, notes: ['a', 'a'] });
  });
});

describe('a suite that is skipped as a whole', () => {
  // The entries have a last day.
  beforeEach(() => void vi.setSystemTime('2026-12-01'));
  afterEach(() => {
    vi.useRealTimers();
    vi.unstubAllEnvs();
  });

  it.each([
    ['unit', '', 0],
    ['unit', 'true', 1],
    ['acceptance (REDIS_URL)', 'true', 1],
    ['image', 'true', 0],
  ])('%s, with CI=%s, has %i failures', (name, ci, failed) => {
    vi.stubEnv('CI', ci);
    expect(skippedSuite(name, 'no Java')).toMatchObject({ passed: 0, skipped: 1, failed });
  });
});
