import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CACHE } from '../services/cache.ts';
import { installDebianPackages, isOnPath, MissingService, run } from '../services/commands.ts';

/** Images and layers of these tests, apart from those of the machine's owner. */
const STORAGE = join(CACHE, 'containers');
const COMMANDS = { buildah: 'buildah', podman: 'podman', runc: 'runc', conmon: 'conmon', iptables: 'iptables', debootstrap: 'debootstrap' };

export const CA_CERTIFICATES = '/etc/ssl/certs/ca-certificates.crt';

/** @throws MissingService where images cannot be built and run */
export async function needContainers(): Promise<void> {
  if (process.platform !== 'linux' || process.getuid?.() !== 0) throw new MissingService('images are built and run as root on Linux');
  const missing = Object.entries(COMMANDS).filter(([command]) => !isOnPath(command));
  if (missing.length > 0 && !(await installDebianPackages(missing.map(([, name]) => name))))
    throw new MissingService(`missing: ${missing.map(([command]) => command).join(', ')} (Debian has packages of these names)`);
  await mkdir(STORAGE, { recursive: true });
  await writeFile(join(STORAGE, 'containers.conf'), configuration());
}

/** Standard output of podman. */
export function podman(...args: string[]): Promise<string> {
  return run('env', [`CONTAINERS_CONF=${join(STORAGE, 'containers.conf')}`, 'podman', ...storage(), ...args]);
}

/**
 * `buildah build` with the network of this machine and without a registry of images.
 *
 * @param useLayers take steps from builds before; buildah 1.28 then mixes up processors, and so a build for another one must not
 */
export async function build(args: readonly string[], useLayers = true): Promise<string> {
  const limits = ['nofile', 'nproc'].flatMap((name) => ['--ulimit', `${name}=${limit(name)}:${limit(name)}`]);
  // What the commands of a Dockerfile need to reach a registry of packages from here is mounted; nothing of it is in the image.
  const npmrc = join(STORAGE, 'npmrc');
  await writeFile(npmrc, `cafile=${CA_CERTIFICATES}\nupdate-notifier=false\n`);
  const mounts = existsSync(CA_CERTIFICATES)
    ? ['-v', `${CA_CERTIFICATES}:${CA_CERTIFICATES}:ro`, '-v', `${npmrc}:/usr/local/etc/npmrc:ro`]
    : [];
  // The format of Docker: the other one has no place for HEALTHCHECK.
  const fixed = ['--runtime', 'runc', '--pull-never', '--network', 'host', '--format', 'docker', `--layers=${useLayers}`, '--force-rm'];
  return run('buildah', [...storage(), 'bud', ...fixed, ...limits, ...mounts, ...args], 1200);
}

/** Options of podman and buildah alike. */
function storage(): string[] {
  return ['--root', join(STORAGE, 'root'), '--runroot', join(tmpdir(), 'inlet-containers')];
}

/** crun refuses the control groups of some machines; and limits cannot be raised where CAP_SYS_RESOURCE is missing. */
function configuration(): string {
  const limits = ['nofile', 'nproc'].map((name) => `"${name}=${limit(name)}:${limit(name)}"`);
  return `[containers]
default_ulimits = [${limits.join(', ')}]
log_driver = "k8s-file"
[engine]
cgroup_manager = "cgroupfs"
events_logger = "file"
runtime = "runc"
`;
}

function limit(name: string): number {
  const own = Number(
    execFileSync('sh', ['-c', `ulimit -H${name === 'nofile' ? 'n' : 'p'} 2>/dev/null || ulimit -Hu`], { encoding: 'utf8' }),
  );
  return Math.min(Number.isFinite(own) ? own : 32_768, 32_768);
}
