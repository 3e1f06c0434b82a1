import { describe, expect, it } from 'vitest';
import { readVersion } from './file-projects.js';
import { ProjectsFileError } from './projects-file.js';

const NOTHING = new Map();

function failure(text: string): string {
  try {
    readVersion(text, NOTHING);
  } catch (error) {
    if (error instanceof ProjectsFileError) return error.message;
    throw error;
  }
  throw new Error('was taken');
}

describe('readVersion', () => {
  it.each([
    ['YAML', 'projects:\n  - token: phc_a\n    ip: drop\n  - token: phc_b\n'],
    ['a YAML list', '- { token: phc_a, ip: drop }\n- { token: phc_b }\n'],
    ['YAML with an anchor', 'projects:\n  - &a { token: phc_a, ip: drop }\n  - { token: phc_b }\n'],
    ['JSON', '{"projects":[{"token":"phc_a","ip":"drop"},{"token":"phc_b"}]}'],
    ['a JSON list', '[{"token":"phc_a","ip":"drop"},{"token":"phc_b"}]'],
  ])('reads %s', (_, text) => {
    const { projects, problems, unreadable } = readVersion(text, NOTHING);
    expect([...projects.keys()]).toEqual(['phc_a', 'phc_b']);
    expect(projects.get('phc_a')).toMatchObject({ token: 'phc_a', ip: 'drop' });
    expect([problems, unreadable]).toEqual([[], 0]);
  });

  it.each([
    ['the end of a JSON text missing', '{"projects":[\n{"token":"phc_a"},\n', /^line 3: /],
    ['YAML that is indented wrong', 'projects:\n  - token: phc_a\n   ip: drop\n', /^line 3: /],
    ['a key twice', 'projects: []\nprojects: []\n', /^line 2: duplicate key/],
    ['no list', 'project: []\n', /^line 1: there must be a list/],
    ['nothing', ' \n', /empty/],
    ['an alias to nothing', 'projects:\n  - *a\n', /alias/],
    [
      'a bomb of aliases',
      `a: &a [x]\n${'bcdefghij'.replace(/./g, (key, i: number) => `${key}: &${key} [${`*${'abcdefghi'[i]},`.repeat(9)}]\n`)}projects: *j\n`,
      /alias/,
    ],
  ])('refuses %s, with the line, quoting nothing', (_, text, message) => {
    expect(failure(text)).toMatch(message);
    expect(failure(text)).not.toContain('phc_');
  });

  it('says line and field of every bad record, and keeps the good ones', () => {
    const text = [
      'projects:',
      '  - token: phc_a',
      '    ip: mask',
      '  - token: phc_b',
      '    limits:',
      '      events:',
      '        monthly: many',
      '  - ip: drop',
      '  - token: phc_c',
    ];
    const { projects, problems, unreadable } = readVersion(text.join('\n'), NOTHING);
    const places = problems.map((problem) => problem.slice(0, problem.indexOf(': ')));
    expect([...new Set(places)]).toEqual([
      'line 3, projects[0].ip',
      'line 7, projects[1].limits.events.monthly',
      'line 8, projects[2].token',
    ]);
    expect(problems[0]).toMatch(/must be one of the following values: keep, truncate, drop, hash/);
    expect(unreadable).toBe(3);
    expect(projects.get('phc_c')).toMatchObject({ token: 'phc_c', ip: undefined });
  });

  it('finds lines in JSON too', () => {
    expect(readVersion('[\n{"token":"phc_a"},\n{"token":"phc_b",\n"dnt":1}]', NOTHING).problems).toEqual([
      expect.stringMatching(/^line 4, projects\[1\]\.dnt: /),
    ]);
  });

  it('keeps a project as it was when its record goes bad', () => {
    const { projects: last } = readVersion('[{"token":"phc_a","ip":"truncate","historical":true}]', NOTHING);
    const { projects } = readVersion('[{"token":"phc_a","ip":"trunkate"}]', last);
    expect(projects.get('phc_a')).toMatchObject({ ip: 'truncate', historical: true });
  });

  it('keeps no address for a project that never was readable', () => {
    expect(readVersion('[{"token":"phc_a","ip":"trunkate"}]', NOTHING).projects.get('phc_a')).toMatchObject({ enabled: true, ip: 'drop' });
  });

  it('lets the later of two records count, and says so', () => {
    const { projects, problems } = readVersion('[{"token":"phc_a","ip":"keep"},\n{"token":"phc_a","ip":"drop"}]', NOTHING);
    expect(projects.get('phc_a')).toMatchObject({ ip: 'drop' });
    expect(problems).toEqual([expect.stringMatching(/^line 2, projects\[1\]\.token: the same key again/)]);
  });
});
