import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { withConfigTable } from './config-table.js';

describe('the configuration table in the README', () => {
  it('is what the config classes say (npm run config -- --write renews it)', () => {
    const readme = readFileSync('README.md', 'utf8');
    expect(readme).toBe(withConfigTable(readme));
  });
});
