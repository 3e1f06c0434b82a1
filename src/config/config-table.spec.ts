import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withConfigTable } from './config-table.js';

describe('the table in docs/settings.md', () => {
  it('is what the config classes say (npm run config -- --write renews it)', () => {
    const page = readFileSync('docs/settings.md', 'utf8');
    expect(page).toBe(withConfigTable(page));
  });
});
