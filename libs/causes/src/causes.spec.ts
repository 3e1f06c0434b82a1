import { describe, expect, it } from 'vitest';
import { causeNameOf, CAUSE_NAMES, CAUSES } from './causes.js';

describe('CAUSES', () => {
  it.each(CAUSE_NAMES)('says of %s what it means, who does it and what to do, in whole sentences', (name) => {
    const { title, means, who, remedy, hint } = CAUSES[name];
    expect(title).not.toMatch(/[.:]$/);
    for (const text of [means, who, remedy]) expect(text).toMatch(/^[$A-Z].{7,}\.$/s);
    // It stands at the end of a line to which a link is added.
    expect(hint ?? 'Ok').toMatch(/^[A-Z].*[^.]$/s);
  });

  it('has names that fit a label and a path', () => {
    for (const name of CAUSE_NAMES) expect(name).toMatch(/^[a-z_]{4,40}$/);
  });
});

describe('causeNameOf', () => {
  it.each([
    ['invalid_uuid', 'invalid_uuid'],
    ['events_over_quota', 'over_quota'],
    ['billing_limit_exceeded', 'over_quota'],
    ['toString', undefined],
    ['of_an_extension', undefined],
  ])('knows %s as %s', (name, known) => {
    expect(causeNameOf(name)).toBe(known);
  });
});
