import { describe, expect, it } from 'vitest';
import { Project } from '../project.js';
import { readProject } from './read-project.js';

describe('readProject', () => {
  it('gives what is left out its default', () => {
    const project = readProject({}, 'phc_a');
    expect(project).toBeInstanceOf(Project);
    expect(project).toMatchObject({ token: 'phc_a', enabled: true, ip: undefined, allowedOrigins: [], historical: false, dnt: 'ignore' });
  });

  it('reads every setting', () => {
    const limits = { events: { monthly: 1_000_000, perMinute: 5000 }, recordings: { monthly: 0 } };
    const record = {
      enabled: false,
      ip: 'hash',
      allowedOrigins: ['https://*.example.com', 'http://localhost:8000'],
      historical: true,
      dnt: 'drop',
      limits,
    };
    expect(readProject({ token: 'phc_a', ...record })).toMatchObject({ token: 'phc_a', ...record });
  });

  it('takes null for absent', () => {
    expect(readProject({ ip: null, limits: { events: null }, allowedOrigins: null }, 'a')).toMatchObject({
      ip: undefined,
      allowedOrigins: [],
    });
  });

  it.each([
    ['no object', 'text', '', /object/],
    ['no token', {}, 'token', /1 to 64/],
    ['another token than its key', { token: 'phc_b' }, 'token', /stored under/, 'phc_a'],
    ['a misspelt setting', { token: 'a', Ip: 'drop' }, 'Ip', /not a setting/],
    ['an IP mode of another world', { token: 'a', ip: 'mask' }, 'ip', /keep, truncate, drop, hash/],
    ['a boolean as text', { token: 'a', enabled: 'no' }, 'enabled', /boolean/],
    ['an origin with a path', { token: 'a', allowedOrigins: ['https://a.example/x'] }, 'allowedOrigins', /https:\/\/app/],
    ['origins that are no list', { token: 'a', allowedOrigins: 'https://a.example' }, 'allowedOrigins', /array|https/],
    ['a negative limit', { token: 'a', limits: { events: { monthly: -1 } } }, 'limits.events.monthly', /0/],
    ['a limit that is a number', { token: 'a', limits: { events: 5 } }, 'limits.events', /object/],
    ['limits that are none', { token: 'a', limits: [] }, 'limits', /object/],
    ['a resource that nobody counts', { token: 'a', limits: { snapshots: { monthly: 1 } } }, 'limits.snapshots', /.*/],
    ['a misspelt limit', { token: 'a', limits: { events: { monthy: 1 } } }, 'limits.events.monthy', /.*/],
  ])('says what is wrong with %s', (_, record, field, message, token?: string) => {
    const problems = readProject(record, token);
    if (problems instanceof Project) throw new Error('was taken');
    expect(problems.map((problem) => problem.field)).toContain(field);
    expect(problems.find((problem) => problem.field === field)?.message).toMatch(message);
  });

  it('cannot be talked into another prototype', () => {
    const project = readProject(JSON.parse('{"__proto__":{"ip":"keep"},"token":"a"}'));
    expect(project).not.toBeInstanceOf(Project);
  });
});
