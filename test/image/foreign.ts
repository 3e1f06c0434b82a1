import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../services/commands.ts';
import { build, podman } from './containers.ts';
import { ROOT } from './build-image.ts';
import { isThere, standInBase } from './stand-in.ts';

/** As images name them. */
const [OWN, OTHER] = process.arch === 'arm64' ? ['arm64', 'amd64'] : ['amd64', 'arm64'];

/**
 * Builds the Dockerfile for a processor that this machine does not have. Its base image is empty: if anything were run in it,
 * the build would fail. @returns the image's name
 */
export async function buildForeignImage(): Promise<{ name: string; architecture: string }> {
  const [name, bases] = [`localhost/inlet:test-${OTHER}`, `${await standInBase()}-and-${OTHER}`];
  if (!(await isThere(bases))) {
    const foreign = `localhost/inlet-test-empty:${OTHER}`;
    await importNothing(foreign);
    await podman('manifest', 'create', bases, `containers-storage:${await standInBase()}`, `containers-storage:${foreign}`);
  }
  const args = { NODE_IMAGE: bases, BUILDPLATFORM: `linux/${OWN}` };
  const given = Object.entries(args).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]);
  await build(['--platform', `linux/${OTHER}`, ...given, '--tag', name, ROOT], false);
  return { name, architecture: OTHER };
}

async function importNothing(name: string): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'inlet-empty-'));
  try {
    const archive = join(folder, 'empty.tar');
    await run('tar', ['-cf', archive, '--files-from', '/dev/null']);
    await podman('import', '--quiet', '--arch', OTHER, archive, name);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
