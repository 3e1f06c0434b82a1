import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { TestModule } from 'vitest/node';
import SkipReporter from './skip-reporter.ts';

/** A file of which these tests were skipped. */
function file(project: string, ...skipped: string[]): TestModule {
  const children = { allTests: (state: string) => (state === 'skipped' ? skipped.map((fullName) => ({ fullName })) : []) };
  return { project: { name: project }, children } as unknown as TestModule;
}

describe('a run with skipped tests', () => {
  const { exitCode } = process;
  beforeEach(() => {
    // The entries have a last day.
    vi.setSystemTime('2026-12-01');
    vi.spyOn(console, 'error').mockReturnValue();
  });
  afterEach(() => {
    vi.useRealTimers();
    process.exitCode = exitCode;
    vi.unstubAllEnvs();
    vi.restoreAllMocks();
  });

  function codeOf(ci: string, ...files: TestModule[]): unknown {
    vi.stubEnv('CI', ci);
    process.exitCode = 0;
    new SkipReporter().onTestRunEnd(files);
    return process.exitCode;
  }

  it('passes outside of CI', () => {
    expect(codeOf('', file('unit', 'a disk > fills up'))).toBe(0);
  });

  it('fails in CI, and names each', () => {
    expect(codeOf('true', file('chart', 'Helm 3 > lints'), file('unit', 'a disk > fills up'))).toBe(1);
    expect(console.error).toHaveBeenCalledExactlyOnceWith(expect.stringMatching(/^SKIPPED in CI.*: unit: a disk > fills up$/));
  });

  it('passes in CI when all are allowed', () => {
    expect(codeOf('true', file('chart', 'Helm 3 > lints'), file('e2e'))).toBe(0);
  });
});
