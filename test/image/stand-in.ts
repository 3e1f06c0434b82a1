import { existsSync, readFileSync } from 'node:fs';
import { chmod, copyFile, mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { run } from '../services/commands.ts';
import { podman } from './containers.ts';

/** Comes with Node 26 in the official image. */
const NPM = '11.19.1';
const SUITE = 'bookworm';
const NAME = `localhost/inlet-test-node:${process.versions.node}-${SUITE}`;

/**
 * What stands in for the official `node:26-slim` where no registry of images is: Debian's smallest system, the pinned
 * Node, npm and the user `node`. Made once. @returns its name
 */
export async function standInBase(): Promise<string> {
  if (await isThere(NAME)) return NAME;
  console.log('image: making a stand-in for the base image (a minute, once)');
  const folder = await mkdtemp(join(tmpdir(), 'inlet-base-'));
  try {
    const root = join(folder, 'root');
    // Node 26 is linked against libatomic.
    await run('debootstrap', ['--variant=minbase', '--include=libatomic1', SUITE, root, ...mirror()], 600);
    await addNode(root);
    await run('chroot', [root, 'groupadd', '--gid', '1000', 'node']);
    await run('chroot', [root, 'useradd', '--uid', '1000', '--gid', 'node', '--shell', '/bin/bash', '--create-home', 'node']);
    await importRoot(root, join(folder, 'root.tar'));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
  return NAME;
}

export async function isThere(name: string): Promise<boolean> {
  return podman('image', 'exists', name).then(
    () => true,
    () => false,
  );
}

async function addNode(root: string): Promise<void> {
  const [bin, modules] = [join(root, 'usr/local/bin'), join(root, 'usr/local/lib/node_modules')];
  await mkdir(modules, { recursive: true });
  await copyFile(process.execPath, join(bin, 'node'));
  await chmod(join(bin, 'node'), 0o755);
  await run('npm', ['install', '--silent', '--global', '--prefix', join(root, 'usr/local'), `npm@${NPM}`]);
  await rm(join(bin, 'nodejs'), { force: true });
  await symlink('node', join(bin, 'nodejs'));
  // The official image's entrypoint: what is no command is given to node.
  const entrypoint = join(bin, 'docker-entrypoint.sh');
  await writeFile(entrypoint, '#!/bin/sh\ncommand -v "$1" >/dev/null || set -- node "$@"\nexec "$@"\n');
  await chmod(entrypoint, 0o755);
}

async function importRoot(root: string, archive: string): Promise<void> {
  const leaveOut = ['var/cache/apt', 'var/lib/apt/lists', 'var/log', 'usr/share/doc', 'usr/share/man', 'usr/share/locale'];
  await run('tar', ['-C', root, ...leaveOut.map((path) => `--exclude=./${path}/*`), '--numeric-owner', '-cf', archive, '.']);
  const changes = ['ENV PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin', `ENV NODE_VERSION=${process.versions.node}`];
  const settings = [...changes, 'ENTRYPOINT ["docker-entrypoint.sh"]', 'CMD ["node"]'];
  await podman('import', '--quiet', ...settings.flatMap((change) => ['--change', change]), archive, NAME);
}

/** The mirror that this machine's own apt uses. */
function mirror(): string[] {
  const files = ['/etc/apt/sources.list.d/debian.sources', '/etc/apt/sources.list'].filter((file) => existsSync(file));
  const found = files.map((file) => /^(?:URIs: *|deb +(?:\[.*\] +)?)(\S+)/m.exec(readFileSync(file, 'utf8'))?.[1]);
  return found.filter((uri) => uri !== undefined).slice(0, 1);
}
