import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, stat } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { DirectoryLock, LOCK_FILE } from './directory-lock.js';

let directory: string;

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'inlet-lock-'));
});

afterEach(() => rm(directory, { recursive: true }));

describe('DirectoryLock', () => {
  it('is held against another process, and free the moment that one is killed', async () => {
    const hold = `const { DatabaseSync } = require('node:sqlite');
      globalThis.held = new DatabaseSync(process.argv[1]);
      held.exec('BEGIN EXCLUSIVE');
      console.log('held');
      setInterval(() => {}, 1000);`;
    const owner = spawn(process.execPath, ['-e', hold, join(directory, LOCK_FILE)], { stdio: ['ignore', 'pipe', 'inherit'] });
    await once(owner.stdout, 'data');
    expect(() => DirectoryLock.acquire(directory)).toThrow('is in use by another process');
    owner.kill('SIGKILL');
    await once(owner, 'exit');
    DirectoryLock.acquire(directory).release();
  });

  it('has the page it needs on disk while it is held, so that it can be taken again when the disk is full', async () => {
    const lock = DirectoryLock.acquire(directory);
    expect((await stat(join(directory, LOCK_FILE))).size).toBeGreaterThan(0);
    lock.release();
  });
});
