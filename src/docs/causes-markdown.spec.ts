import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { causesMarkdown } from './causes-markdown.js';

describe('docs/causes.md', () => {
  it('is what the table of causes says (npm run config -- --write)', () => {
    expect(readFileSync('docs/causes.md', 'utf8')).toBe(causesMarkdown());
  });
});
