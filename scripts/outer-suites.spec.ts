import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readSuites, suitesPage } from './outer-suites.ts';

const { scripts } = JSON.parse(readFileSync('package.json', 'utf8')) as { scripts: Record<string, string> };
/** In `.ci/run`, or part of `npm test`. */
const INNER = ['test', 'test:chart', 'test:chaos'];

describe('suites outside of CI', () => {
  it('stand on their page as in the list (npm run suites)', () => {
    expect(readFileSync('docs/suites.md', 'utf8')).toBe(suitesPage(readSuites()));
  });

  it('are all in the list', () => {
    const names = readSuites().map(({ name }) => name.split(' ', 1)[0]);
    const outer = Object.keys(scripts).filter((name) => name.startsWith('test') && !INNER.includes(name));
    expect(names).toEqual(expect.arrayContaining(outer));
    for (const name of names) expect(scripts).toHaveProperty([name]);
  });
});
