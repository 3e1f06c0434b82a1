import 'reflect-metadata';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { POSTHOG_NAMES } from './posthog-names.js';
import { withPosthogNames } from './replace-page.js';

const page = readFileSync('docs/replace-posthog-capture.md', 'utf8');
const names = POSTHOG_NAMES.map(({ name }) => name);

describe('docs/replace-posthog-capture.md', () => {
  it('has the tables that the list says (npm run config -- --write)', () => {
    expect(page).toBe(withPosthogNames(page));
  });

  it('has every name of the list once', () => {
    const rows = [...page.matchAll(/^\| `([A-Z0-9_]+\*?)` \|/gm)].map(([, name]) => name);
    expect(rows.sort()).toEqual([...names].sort());
    expect(new Set(names).size).toBe(names.length);
  });

  it('is refused without its markers', () => {
    expect(() => withPosthogNames('# Replace')).toThrow('lacks the markers of its table kept');
  });
});
