import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { FakeUpstream } from './fake-upstream.js';
import { openGateway, post } from './gateway.js';

const CLIENT = '203.0.113.9';
const NETWORK = '203.0.113.0';
/** `inject` comes from 127.0.0.1. */
const TRUSTING = { TRUSTED_PROXIES: '127.0.0.0/8' };
const BY_COUNT = { TRUSTED_PROXIES: '1' };
const NONE = { TRUSTED_PROXIES: '0' };

const PROJECTS = [
  { token: 'phc_keep', ip: 'keep' },
  { token: 'phc_truncate', ip: 'truncate' },
  { token: 'phc_drop', ip: 'drop' },
  { token: 'phc_dnt', ip: 'keep', dnt: 'anonymise' },
  { token: 'phc_default' },
];

describe('what UPSTREAM_URL is told of who asks', () => {
  const upstream = new FakeUpstream();
  let url: string;
  let folder: string;
  let projects: Record<string, string>;
  beforeAll(async () => {
    url = await upstream.listen();
    folder = await mkdtemp(join(tmpdir(), 'inlet-upstream-'));
    await writeFile(join(folder, 'projects.json'), JSON.stringify(PROJECTS));
    projects = { PROJECT_SOURCE: 'file', PROJECTS_FILE: join(folder, 'projects.json') };
  });
  afterAll(async () => {
    await upstream.close();
    await rm(folder, { recursive: true });
  });

  const told = async (env: Record<string, string>, path = '/flags/?v=2', headers: Record<string, string> = {}) => {
    const gateway = await openGateway({ UPSTREAM_URL: url, ...env });
    const all = { 'x-forwarded-for': CLIENT, 'x-forwarded-proto': 'https', 'x-forwarded-host': 'flags.example', ...headers };
    await gateway.send(path.startsWith('/flags') ? post(path, {}, all) : { method: 'GET', url: path, headers: all, body: undefined });
    await gateway.close();
    const names = ['x-forwarded-for', 'x-forwarded-proto', 'x-forwarded-host', 'forwarded', 'x-real-ip'];
    return names.map((name) => upstream.last.headers[name]).filter((value) => value !== undefined);
  };

  it.each<[Record<string, string>, string[]]>([
    [{}, [CLIENT]],
    [{ IP_MODE: 'truncate' }, [NETWORK]],
    [{ IP_MODE: 'drop' }, []],
    [{ IP_MODE: 'hash', IP_HASH_SECRET: 'x'.repeat(16) }, []],
    [{ IP_MODE: 'drop', UPSTREAM_IP_MODE: 'truncate' }, [NETWORK]],
    [{ UPSTREAM_IP_MODE: 'drop' }, []],
  ])('%j: %j of the address', async (env, expected) => {
    for (const path of ['/flags/?v=2', '/static/array.js']) expect(await told(env, path)).toEqual(expected);
  });

  it.each<[string, Record<string, string>, string[]]>([
    ['phc_keep', {}, [CLIENT]],
    ['phc_truncate', {}, [NETWORK]],
    ['phc_drop', {}, []],
    ['phc_dnt', {}, [CLIENT]],
    ['phc_dnt', { dnt: '1' }, []],
    ['phc_dnt', { 'sec-gpc': '1' }, []],
    ['phc_default', {}, [NETWORK]],
    ['phc_unheard_of', {}, [NETWORK]],
  ])('as the project %s wants it, where the path names it', async (token, headers, expected) => {
    expect(await told({ ...projects, IP_MODE: 'truncate' }, `/array/${token}/config`, headers)).toEqual(expected);
  });

  it('nothing of the address where any project may have asked for that, unless the operator says otherwise', async () => {
    expect(await told(projects)).toEqual([]);
    expect(await told(projects, '/static/array.js')).toEqual([]);
    expect(await told({ ...projects, UPSTREAM_IP_MODE: 'keep' })).toEqual([CLIENT]);
    expect(await told({ ...projects, PROJECTS_FILE: '/nowhere.json' }, '/array/phc_keep/config')).toEqual([]);
  });

  it('scheme and host as a trusted proxy wrote them, and the address that it saw', async () => {
    const forged = { 'x-forwarded-for': `198.51.100.1, ${CLIENT}` };
    for (const env of [TRUSTING, BY_COUNT]) expect(await told(env, '/flags/', forged)).toEqual([CLIENT, 'https', 'flags.example']);
    for (const env of [NONE, { TRUSTED_PROXIES: '10.0.0.0/8' }]) expect(await told(env, '/flags/', forged)).toEqual(['127.0.0.1']);
    expect(await told({}, '/flags/', forged)).toEqual(['198.51.100.1']);
  });

  it.each([
    [{ 'x-forwarded-proto': 'javascript', 'x-forwarded-host': 'a.example' }, ['a.example']],
    [{ 'x-forwarded-proto': 'http', 'x-forwarded-host': 'a.example, b.example' }, ['http']],
    [{ 'x-forwarded-proto': 'http', 'x-forwarded-host': 'a.example:8443' }, ['http', 'a.example:8443']],
    [{ 'x-forwarded-proto': 'http', 'x-forwarded-host': '[2001:db8::1]:1' }, ['http', '[2001:db8::1]:1']],
    [{ 'x-forwarded-proto': 'http', 'x-forwarded-host': 'a.example/path' }, ['http']],
  ])('of %j what is a scheme and a host', async (headers, expected) => {
    expect(await told(TRUSTING, '/flags/', headers)).toEqual([CLIENT, ...expected]);
  });
});

describe('a wrong UPSTREAM_URL', () => {
  it.each(['http://user:hunter2@flags.example', 'https://hunter2@flags.example/x'])(
    'with a password stops the boot, which does not show it: %s',
    async (UPSTREAM_URL) => {
      const message = await openGateway({ UPSTREAM_URL }).then(
        () => 'booted',
        (error: Error) => error.message,
      );
      expect(message).toMatch(/UPSTREAM_URL.*user:password@/s);
      expect(message).not.toContain('hunter2');
    },
  );

  it.each([
    'http://flags.example/?a=b',
    'http://flags.example/#a',
    'ftp://flags.example',
    'flags.example',
    'http://',
    'http://user:hunter2/@flags.example',
  ])('stops the boot: %s', async (UPSTREAM_URL) => {
    await expect(openGateway({ UPSTREAM_URL })).rejects.toThrow(/UPSTREAM_URL(?!.*hunter2)/s);
  });
});
