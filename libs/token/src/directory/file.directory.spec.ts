import { mkdtempSync, rmSync } from 'node:fs';
import { rename, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Logger } from '@nestjs/common';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ManualClock } from '@app/testing';
import { FileDirectory } from './file.directory.js';

describe('FileDirectory', () => {
  let folder: string;
  let path: string;
  let directory: FileDirectory | undefined;
  const logged: string[] = [];
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'inlet-projects-'));
    path = join(folder, 'projects.yaml');
    for (const level of ['log', 'warn', 'error'] as const)
      vi.spyOn(Logger.prototype, level).mockImplementation((message: unknown) => void logged.push(`${level} ${String(message)}`));
  });
  afterEach(() => {
    directory?.onApplicationShutdown();
    vi.restoreAllMocks();
    logged.length = 0;
    rmSync(folder, { recursive: true, force: true });
  });

  async function open(text: string | undefined): Promise<FileDirectory> {
    if (text !== undefined) await writeFile(path, text);
    directory = new FileDirectory(path, new ManualClock(), 5);
    return directory;
  }

  it('knows its projects at once, and those it does not know are unknown', async () => {
    const projects = await open('- { token: phc_a, ip: drop }');
    expect(projects.find('phc_a')).toMatchObject({ ip: 'drop' });
    expect(projects.find('phc_b')).toBe('unknown');
    expect(projects.facts()).toEqual({ source: 'file', projects: 1, ageSeconds: 0, isStale: false, unreadable: 0, failure: undefined });
  });

  it('takes an edit', async () => {
    const projects = await open('- { token: phc_a }');
    await writeFile(path, '- { token: phc_b, historical: true }');
    await vi.waitFor(() => expect(projects.find('phc_b')).toMatchObject({ historical: true }));
    expect(projects.find('phc_a')).toBe('unknown');
  });

  it('takes the swapped link of a Kubernetes volume', async () => {
    for (const [name, token] of [
      ['one', 'phc_a'],
      ['two', 'phc_b'],
    ]) {
      await writeFile(join(folder, name), `- { token: ${token} }`);
      await symlink(name, join(folder, `link-${name}`));
    }
    await rename(join(folder, 'link-one'), path);
    const projects = await open(undefined);
    expect(projects.find('phc_a')).toMatchObject({ token: 'phc_a' });
    await rename(join(folder, 'link-two'), path);
    await vi.waitFor(() => expect(projects.find('phc_b')).toMatchObject({ token: 'phc_b' }));
  });

  it('keeps the last good version through a bad edit, says once where it is bad, and accepts what it does not know', async () => {
    const projects = await open('- { token: phc_a, ip: drop }');
    await writeFile(path, '- { token: phc_a, ip: keep }\n- { token: phc_b');
    await vi.waitFor(() => expect(projects.facts().failure).toMatch(/^line 2: /));
    expect(projects.find('phc_a')).toMatchObject({ ip: 'drop' });
    expect(projects.find('phc_b')).toBeUndefined();
    expect(projects.facts()).toMatchObject({ isStale: true, projects: 1 });
    await new Promise((resolve) => setTimeout(resolve, 50));
    expect(logged.filter((line) => line.startsWith('error'))).toEqual([expect.stringMatching(/projects\.yaml line 2: .*1 projects stay/)]);

    await writeFile(path, '- { token: phc_a, ip: keep }\n- { token: phc_b }');
    await vi.waitFor(() => expect(projects.find('phc_b')).toMatchObject({ token: 'phc_b' }));
    expect(projects.facts()).toMatchObject({ isStale: false, failure: undefined });
  });

  it('keeps them while the file is gone', async () => {
    const projects = await open('- { token: phc_a }');
    await rm(path);
    await vi.waitFor(() => expect(projects.facts().failure).toBe('ENOENT'));
    expect(projects.find('phc_a')).toMatchObject({ token: 'phc_a' });
    await writeFile(path, '- { token: phc_a }');
    await vi.waitFor(() => expect(projects.facts().failure).toBeUndefined());
  });

  it('starts without the file, and cannot tell until it comes', async () => {
    const projects = await open(undefined);
    expect(projects.find('phc_a')).toBeUndefined();
    expect(projects.facts()).toMatchObject({ ageSeconds: undefined, isStale: true, failure: 'ENOENT' });
    await writeFile(path, '- { token: phc_a }');
    await vi.waitFor(() => expect(projects.find('phc_a')).toMatchObject({ token: 'phc_a' }));
  });

  it('names a bad record by line and field, without its key', async () => {
    await open('- { token: phc_a }\n- { token: phc_b, ip: mask }');
    expect(logged).toContainEqual(expect.stringMatching(/^warn .*projects\.yaml line 2, projects\[1\]\.ip: must be one of/));
    expect(logged.join('\n')).not.toContain('phc_');
  });
});
