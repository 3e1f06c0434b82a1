import { globSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { causeNameOf } from '@app/causes';

const SOURCES = globSync('{libs,src}/**/*.ts').filter((path) => !/\.spec\.ts$|\/testing\/|^libs\/causes\//.test(path));
/** Where a drop or an event's problem of the strict endpoint gets its name. */
const NAMED = /\b(?:new Drop|drop|badEvent|\.adjusted)\(\s*(?:raw,\s*)?'([a-z_]+)'/g;

describe('causes', () => {
  const named = SOURCES.flatMap((path) => [...readFileSync(path, 'utf8').matchAll(NAMED)].map(([, name]) => name));

  it('are found in the code', () => {
    expect(named.length).toBeGreaterThan(25);
    expect(named).toContain('bot_traffic');
  });

  it('have an entry in the table, whoever names them', () => {
    expect([...new Set(named)].filter((name) => causeNameOf(name) === undefined)).toEqual([]);
  });
});
