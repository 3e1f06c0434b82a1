import { mkdtemp, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { makeDirectories } from './make-directories.js';

describe('makeDirectories', () => {
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'inlet-directories-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  it('makes those that are missing, for nobody else, and names the first', async () => {
    expect(await makeDirectories(join(root, 'a/b/c'))).toBe(join(root, 'a'));
    for (const path of ['a', 'a/b', 'a/b/c']) expect((await stat(join(root, path))).mode & 0o777).toBe(0o700);
    expect(await makeDirectories(join(root, 'a/d'))).toBe(join(root, 'a/d'));
  });

  it('makes them once where several ask at a time', async () => {
    const made = await Promise.all(Array.from({ length: 8 }, () => makeDirectories(join(root, 'a/b/c'))));
    expect(made.filter((first) => first !== undefined).length).toBeGreaterThan(0);
  });

  it('makes nothing where all are there', async () => {
    expect(await makeDirectories(root)).toBeUndefined();
  });

  it.each([
    ['file', 'EEXIST'],
    ['file/below', 'ENOTDIR'],
  ])('refuses %s', async (path, code) => {
    await writeFile(join(root, 'file'), '');
    await expect(makeDirectories(join(root, path))).rejects.toMatchObject({ code });
  });

  it('comes to an end where no directory can be made', async () => {
    await expect(makeDirectories('/proc/inlet/log')).rejects.toMatchObject({ code: 'ENOENT' });
  });
});
