import { describe, expect, it } from 'vitest';
import { ALLOWED_SKIPS, whyAllowed, type AllowedSkip } from './allowed-skip.ts';

const LIST: AllowedSkip[] = [
  { suite: 'chart', test: 'Helm 3', reason: 'needs Go', until: '2027-01-31' },
  { suite: 'image', test: '', reason: 'needs root', until: '2027-01-31' },
];
const allowed = (suite: string, test: string, today = '2027-01-31') => whyAllowed(suite, test, today, LIST);

describe('a test that CI leaves out', () => {
  it('is allowed by suite and the beginning of its name', () => {
    expect(allowed('chart', 'Helm 3 > lints')).toBe('needs Go');
    expect(allowed('image', '')).toBe('needs root');
    expect(allowed('image', 'the image > starts')).toBe('needs root');
  });

  it.each([
    ['chart', ''],
    ['chart', 'Helm 4 > lints'],
    ['unit', 'Helm 3 > lints'],
  ])('is not allowed in %s as %j', (suite, test) => {
    expect(allowed(suite, test)).toBeUndefined();
  });

  it('is not allowed after its last day', () => {
    expect(allowed('image', '', '2027-02-01')).toBeUndefined();
  });

  it.each(ALLOWED_SKIPS.map((skip) => [`${skip.suite} ${skip.test}`, skip] as const))('has a reason and a day: %s', (_, skip) => {
    expect(skip.reason.length).toBeGreaterThan(20);
    expect(skip.until).toMatch(/^20\d\d-\d\d-\d\d$/);
  });
});
