import { spawn } from 'node:child_process';
import { existsSync, openSync, readFileSync } from 'node:fs';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { run } from '../../services/commands.ts';
import { API_SERVER, CONTAINERD_SOCKET, NODE_ADDRESS, NODE_NAME, POD_NETWORK, SERVICE_NETWORK } from '../addresses.ts';
import { kubectl, until } from '../commands.ts';
import { writeConfiguration } from './configuration.ts';

const ETCD = 'http://127.0.0.1:2379';

/**
 * Starts etcd, the control plane, containerd, kubelet and kube-proxy, and resolves when the node is ready. Nothing of it is
 * stopped: it ends with the namespace that it runs in.
 *
 * @param folder of the run
 * @param programs folder of the programs
 * @param images archives to give to the node
 */
export async function startNode(folder: string, programs: string, images: readonly string[]): Promise<void> {
  writeConfiguration(folder);
  await mkdir(join(folder, 'log'), { recursive: true });
  const start = (name: string, args: readonly string[]) => startProgram(folder, join(programs, name), args);
  const [config, certificates] = [join(folder, 'kubeconfig'), join(folder, 'certificates')];

  start('etcd', etcdArguments(folder));
  start('kube-apiserver', apiServerArguments(certificates));
  start('containerd', ['--config', join(folder, 'containerd.toml')]);
  await until('containerd answers', () => existsSync(CONTAINERD_SOCKET));
  for (const image of images) await run(join(programs, 'ctr'), ['--address', CONTAINERD_SOCKET, '-n', 'k8s.io', 'images', 'import', image]);
  await until('the API server is ready', async () => (await kubectl('get', '--raw=/readyz')) === 'ok').catch(
    withLog(folder, 'kube-apiserver'),
  );

  const asController = [
    '--service-account-private-key-file',
    join(certificates, 'service-accounts.pem'),
    '--use-service-account-credentials',
  ];
  const alone = ['--kubeconfig', config, '--leader-elect=false', '--bind-address=127.0.0.1', '--cert-dir', certificates];
  start('kube-controller-manager', [...alone, ...asController, '--controllers=*,-node-ipam-controller']);
  start('kube-scheduler', alone);
  const asNode = [`--hostname-override=${NODE_NAME}`, `--node-ip=${NODE_ADDRESS}`];
  const itsPlaces = ['--root-dir', join(folder, 'kubelet'), '--cert-dir', certificates];
  start('kubelet', ['--config', join(folder, 'kubelet.yaml'), '--kubeconfig', config, ...itsPlaces, ...asNode]);
  start('kube-proxy', proxyArguments(config));
  await until('the node is ready', async () => (await readiness()) === 'True').catch(withLog(folder, 'kubelet'));
}

function startProgram(folder: string, program: string, args: readonly string[]): void {
  const log = openSync(join(folder, 'log', program.slice(program.lastIndexOf('/') + 1)), 'a');
  const path = `${program.slice(0, program.lastIndexOf('/'))}:${process.env.PATH}:/usr/sbin:/sbin`;
  const child = spawn(program, args, { stdio: ['ignore', log, log], env: { ...process.env, PATH: path } });
  child.once('exit', (code, signal) => console.log(`${program} ended with ${code ?? signal}`));
  child.unref();
}

function etcdArguments(folder: string): string[] {
  const listen = ['--listen-client-urls', ETCD, '--advertise-client-urls', ETCD, '--listen-peer-urls', 'http://127.0.0.1:2380'];
  const peers = ['--initial-advertise-peer-urls', 'http://127.0.0.1:2380', '--initial-cluster', 'default=http://127.0.0.1:2380'];
  return ['--data-dir', join(folder, 'etcd'), ...listen, ...peers, '--unsafe-no-fsync', '--log-level', 'warn'];
}

function apiServerArguments(certificates: string): string[] {
  const key = join(certificates, 'service-accounts.pem');
  return [
    `--etcd-servers=${ETCD}`,
    '--bind-address=127.0.0.1',
    '--secure-port=6443',
    '--endpoint-reconciler-type=none',
    `--cert-dir=${certificates}`,
    `--service-account-issuer=${API_SERVER}`,
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    `--service-cluster-ip-range=${SERVICE_NETWORK}`,
    `--token-auth-file=${join(certificates, 'tokens.csv')}`,
    '--authorization-mode=Node,RBAC',
    '--allow-privileged=true',
    '--enable-admission-plugins=NodeRestriction',
    '--kubelet-preferred-address-types=Hostname',
  ];
}

function proxyArguments(config: string): string[] {
  // The limits of the machine's connection table are not ours to change.
  const table = ['--conntrack-max-per-core=0', '--conntrack-tcp-timeout-established=0', '--conntrack-tcp-timeout-close-wait=0'];
  const own = ['--bind-address=127.0.0.1', '--metrics-bind-address=127.0.0.1:10249', '--healthz-bind-address=127.0.0.1:10256'];
  return [
    `--kubeconfig=${config}`,
    `--hostname-override=${NODE_NAME}`,
    '--proxy-mode=iptables',
    `--cluster-cidr=${POD_NETWORK}`,
    ...own,
    ...table,
  ];
}

function readiness(): Promise<string> {
  return kubectl('get', 'node', NODE_NAME, '-o', `jsonpath={.status.conditions[?(@.type=="Ready")].status}`);
}

function withLog(folder: string, program: string): (error: unknown) => never {
  return (error) => {
    const last = readFileSync(join(folder, 'log', program), 'utf8')
      .split('\n')
      .slice(-15)
      .join('\n');
    throw new Error(`${(error as Error).message}\n${last}`, { cause: error });
  };
}
