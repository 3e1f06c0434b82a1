import type { RedisSource } from '@app/redis';
import { describe, expect, it } from 'vitest';
import { RedisProjects } from './redis-projects.js';

/** A hash that hands out two fields a step, and lets a test act between the steps. */
class FakeRedis {
  readonly fields = new Map<string, string>();
  version: string | null = null;
  scans = 0;
  failAtStep = Number.POSITIVE_INFINITY;
  betweenSteps: () => Promise<void> | void = () => {};

  async get() {
    return this.version;
  }
  async hscan(_key: string, cursor: string): Promise<[string, string[]]> {
    if (cursor === '0') this.scans++;
    const at = Number(cursor);
    if (at / 2 >= this.failAtStep) throw new Error('Command timed out');
    if (at > 0) await this.betweenSteps();
    const flat = [...this.fields].slice(at, at + 2).flat();
    return [at + 2 >= this.fields.size ? '0' : String(at + 2), flat];
  }
  async hmget(_key: string, ...tokens: string[]) {
    return tokens.map((token) => this.fields.get(token) ?? null);
  }
}

function setUp(records: Record<string, unknown>) {
  const redis = new FakeRedis();
  const put = (token: string, record: unknown) => redis.fields.set(token, typeof record === 'string' ? record : JSON.stringify(record));
  for (const [token, record] of Object.entries(records)) put(token, record);
  const warnings: string[] = [];
  const projects = new RedisProjects(redis as unknown as RedisSource, 'inlet/projects', (text) => warnings.push(text));
  return { redis, put, warnings, projects };
}

describe('RedisProjects', () => {
  it('knows all projects after a refresh, and forgets those that are gone after the next', async () => {
    const { redis, projects } = setUp({ phc_a: { ip: 'drop' }, phc_b: {}, phc_c: {} });
    await projects.refresh(false);
    expect([projects.size, projects.find('phc_a')?.ip, projects.find('phc_c')?.token]).toEqual([3, 'drop', 'phc_c']);
    redis.fields.delete('phc_c');
    await projects.refresh(false);
    expect([projects.size, projects.find('phc_c')]).toEqual([2, undefined]);
  });

  it('reads nothing while the counter stands still, unless it must', async () => {
    const { redis, put, projects } = setUp({ phc_a: {} });
    redis.version = '7';
    await projects.refresh(false);
    put('phc_b', {});
    await projects.refresh(false);
    expect([redis.scans, projects.size]).toEqual([1, 1]);
    await projects.refresh(true);
    expect(projects.size).toBe(2);
    redis.version = '8';
    put('phc_c', {});
    await projects.refresh(false);
    expect(projects.size).toBe(3);
  });

  it('changes nothing when it fails half way', async () => {
    const { redis, put, projects } = setUp({ phc_a: { ip: 'drop' }, phc_b: {}, phc_c: {} });
    await projects.refresh(false);
    put('phc_a', { ip: 'keep' });
    redis.failAtStep = 1;
    await expect(projects.refresh(false)).rejects.toThrow('timed out');
    expect([projects.size, projects.find('phc_a')?.ip]).toEqual([3, 'drop']);
  });

  it('does not believe an empty hash', async () => {
    const { redis, projects } = setUp({ phc_a: {} });
    await projects.refresh(false);
    redis.fields.clear();
    await expect(projects.refresh(false)).rejects.toThrow('no project');
    expect(projects.size).toBe(1);
  });

  it('keeps what a look-up found while a refresh had already passed it', async () => {
    const { redis, put, projects } = setUp({ phc_a: {}, phc_b: {}, phc_c: {} });
    redis.betweenSteps = async () => {
      redis.betweenSteps = () => {};
      put('phc_new', { ip: 'hash' });
      await projects.lookUp(['phc_new', 'phc_none']);
      expect(projects.find('phc_new')?.ip).toBe('hash');
      redis.fields.delete('phc_new');
    };
    await projects.refresh(false);
    expect([projects.find('phc_new')?.ip, projects.find('phc_none')]).toEqual(['hash', undefined]);
  });

  it.each(['not json', '[]', '"text"', '{"ip":"mask"}', '{"Ip":"drop"}', '{"token":"phc_other"}'])(
    'keeps a project as it was when its record becomes %s, and says so once, without the key',
    async (garbage) => {
      const { put, warnings, projects } = setUp({ phc_a_long_key: { ip: 'truncate' }, phc_b: {} });
      await projects.refresh(false);
      put('phc_a_long_key', garbage);
      await projects.refresh(false);
      await projects.refresh(false);
      expect(projects.find('phc_a_long_key')?.ip).toBe('truncate');
      expect([projects.size, projects.unreadable, warnings.length]).toEqual([2, 1, 1]);
      expect(warnings[0]).not.toContain('phc_a_long_key');
    },
  );

  it('keeps no address for a project that never was readable, until it is', async () => {
    const { put, projects } = setUp({ phc_a: '{', phc_b: {} });
    await projects.refresh(false);
    expect(projects.find('phc_a')).toMatchObject({ token: 'phc_a', enabled: true, ip: 'drop' });
    put('phc_a', { ip: 'keep' });
    await projects.refresh(false);
    expect([projects.find('phc_a')?.ip, projects.unreadable]).toEqual(['keep', 0]);
  });
});
