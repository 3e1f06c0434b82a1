import { describe, expect, it } from 'vitest';
import { pages } from './renew-pages.js';
import { table, withPart } from './written-part.js';

describe('pages with figures', () => {
  it.each(['cost.md', 'performance.md'])('%s says what the bench measured last', (name) => {
    const { present, wanted } = pages('docs').find(({ file }) => file === name)!;
    expect(present).toBe(wanted);
  });
});

describe('a part of a page that is computed', () => {
  const begin = '<!-- cost: written by `npm run bench -- pages` -->';

  it('takes the place of what was there, and of nothing else', () => {
    const page = `before\n${begin}\nold\n<!-- end of cost -->\nafter`;
    const renewed = withPart(page, 'cost', 'new');
    expect(renewed).toMatch(/^before\n<!-- cost[^]+\nnew\n[^]+<!-- end of cost -->\nafter$/);
    expect(renewed).not.toContain('old');
    expect(withPart(renewed, 'cost', 'new')).toBe(renewed);
  });

  it('must have a place', () => {
    expect(() => withPart('no place', 'cost', 'new')).toThrow('end of cost');
  });

  it('has its numbers at the right', () => {
    expect(table(['a', 'b'], [['x', '1']])).toBe('| a | b |\n| --- | ---: |\n| x | 1 |');
  });
});
