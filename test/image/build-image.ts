import { join } from 'node:path';
import { run } from '../services/commands.ts';
import { build, needContainers, podman } from './containers.ts';
import { standInBase } from './stand-in.ts';

export const ROOT = join(import.meta.dirname, '../..');

/** Builds the project's Dockerfile as it stands. @returns the image's name */
export async function buildImage(): Promise<string> {
  await needContainers();
  const base = await standInBase();
  const name = 'localhost/inlet:test';
  const revision = (await run('git', ['-C', ROOT, 'rev-parse', 'HEAD'])).trim();
  const args = { NODE_IMAGE: base, VERSION: '0.0.0-test', REVISION: revision };
  console.log('image: building the Dockerfile');
  // Layers of commits long gone.
  await podman('image', 'prune', '--force', '--filter', 'until=168h');
  await build([...Object.entries(args).flatMap(([key, value]) => ['--build-arg', `${key}=${value}`]), '--tag', name, ROOT]);
  return name;
}

/** Writes the image to a file, for a node of Kubernetes. */
export async function saveImage(name: string, file: string): Promise<void> {
  await podman('save', '--quiet', '--format', 'docker-archive', '--output', file, name);
}
