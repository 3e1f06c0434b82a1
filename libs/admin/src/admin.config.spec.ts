import { describe, expect, it } from 'vitest';
import { readConfig } from '@app/config';
import { AdminConfig } from './admin.config.js';

const TOKEN = 'a_secret_of_sixteen';

describe('AdminConfig', () => {
  it.each([
    [{}],
    [{ ADMIN_PORT: '0' }],
    [{ ADMIN_PORT: '9000', ADMIN_HOST: '::1' }],
    [{ ADMIN_PORT: '9000', ADMIN_HOST: '0.0.0.0', ADMIN_TOKEN: TOKEN }],
    // Nothing listens.
    [{ ADMIN_HOST: '0.0.0.0' }],
  ])('takes %j', (env) => {
    expect(readConfig(AdminConfig, env).problems).toEqual([]);
  });

  it.each([
    ['ADMIN_TOKEN', { ADMIN_PORT: '9000', ADMIN_HOST: '0.0.0.0' }],
    ['ADMIN_TOKEN', { ADMIN_PORT: '9000', ADMIN_HOST: '10.0.0.1' }],
    ['ADMIN_TOKEN', { ADMIN_PORT: '9000', ADMIN_TOKEN: 'short' }],
    ['ADMIN_PORT', { ADMIN_PORT: '99999' }],
  ])('complains of %s in %j', (name, env) => {
    expect(readConfig(AdminConfig, env).problems.map((problem) => problem.name)).toEqual([name]);
  });
});
