import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readFile, rename, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { HELM3, officialProgram } from '../chart/set-up.ts';
import { cacheFolder } from '../services/cache.ts';
import { isOnPath, MissingService, run } from '../services/commands.ts';

export interface Programs {
  /** Folder of Kubernetes' own programs and containerd's. */
  readonly folder: string;
  readonly kubectl: string;
  readonly helm: string;
  /** Undefined where it could not be built. */
  readonly helm3: string | undefined;
}

const SOURCES = join(import.meta.dirname, 'programs');
const KUBERNETES = '1.37.2';
const NAMES = ['etcd', 'kube-apiserver', 'kube-controller-manager', 'kube-scheduler', 'kube-proxy', 'kubelet'];
const CONTAINERD = ['containerd', 'containerd-shim-runc-v2', 'ctr'].map((name) => `github.com/containerd/containerd/v2/cmd/${name}`);
/** Plugins that need headers of file systems which no node of ours has. */
const CONTAINERD_TAGS = 'no_btrfs,no_devmapper,no_zfs';
/** On two idle cores five minutes; others may be at work as well. */
const PATIENCE_SECONDS = 3000;

/** Builds what a real node needs from Go modules, once; afterwards it is in the cache. */
export async function buildPrograms(): Promise<Programs> {
  if (!isOnPath('go')) throw new MissingService('Kubernetes is built from its Go modules: Go 1.26 is needed');
  return {
    folder: await nodePrograms(),
    kubectl: await officialProgram('kubectl'),
    helm: await officialProgram('helm'),
    helm3: await helm3(),
  };
}

async function nodePrograms(): Promise<string> {
  const folder = join(await cacheFolder(), `kubernetes-${await digest()}`);
  if (existsSync(folder)) return folder;
  console.log('cluster: building Kubernetes and containerd from Go modules (5 to 20 minutes, once; 5 GB of Go’s own caches)');
  const building = `${folder}.${process.pid}`;
  await mkdir(building, { recursive: true });
  await go(join(SOURCES, 'kubernetes'), ['build', '-ldflags', `-s -w ${versionFlags()}`, '-o', join(building, 'kubernetes'), '.']);
  for (const name of NAMES) await symlink('kubernetes', join(building, name));
  await go(join(SOURCES, 'containerd'), ['build', '-tags', CONTAINERD_TAGS, '-ldflags', '-s -w', '-o', `${building}/`, ...CONTAINERD]);
  await rename(building, folder);
  return folder;
}

async function helm3(): Promise<string | undefined> {
  const program = join(await cacheFolder(), `helm-${HELM3}`);
  if (existsSync(program)) return program;
  const folder = await mkdtemp(`${program}.`);
  try {
    await go(folder, ['install', '-ldflags', '-s -w', `helm.sh/helm/v3/cmd/helm@${HELM3}`], { GOBIN: folder });
    await rename(join(folder, 'helm'), program);
    return program;
  } catch (error) {
    console.log(`cluster: no Helm 3: ${(error as Error).message}`);
    return undefined;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function go(folder: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<void> {
  const [command, ...rest] = args;
  const variables = Object.entries({ CGO_ENABLED: '0', ...env }).map(([name, value]) => `${name}=${value}`);
  await run('env', ['-C', folder, ...variables, 'nice', '-n', '10', 'go', command, '-trimpath', ...rest], PATIENCE_SECONDS);
}

/** As modules the sources do not know which version they are; a kubelet and an API server ask each other. */
function versionFlags(): string {
  const [major, minor] = KUBERNETES.split('.');
  const values = { gitVersion: `v${KUBERNETES}`, gitMajor: major, gitMinor: minor };
  const packages = ['k8s.io/component-base/version', 'k8s.io/client-go/pkg/version'];
  return packages.flatMap((name) => Object.entries(values).map(([key, value]) => `-X ${name}.${key}=${value}`)).join(' ');
}

async function digest(): Promise<string> {
  const hash = createHash('sha256').update(execFileSync('go', ['env', 'GOVERSION']));
  for (const file of ['kubernetes/go.sum', 'kubernetes/main.go', 'containerd/go.sum']) hash.update(await readFile(join(SOURCES, file)));
  return hash.digest('hex').slice(0, 12);
}
