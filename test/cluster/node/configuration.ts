import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { stringify } from 'yaml';
import { API_SERVER, CNI_FOLDERS, CONTAINERD_SOCKET, NODE_ADDRESS, PAUSE_IMAGE, POD_NETWORK } from '../addresses.ts';

/** Writes all that the programs of the node read. @param folder of the run */
export function writeConfiguration(folder: string): void {
  const token = randomBytes(16).toString('hex');
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const files = {
    'certificates/service-accounts.pem': privateKey.export({ type: 'pkcs1', format: 'pem' }),
    'certificates/tokens.csv': `${token},admin,admin,system:masters\n`,
    kubeconfig: stringify(kubeconfig(token)),
    'kubelet.yaml': stringify(kubelet(folder)),
    'containerd.toml': containerd(folder),
    'cni/10-bridge.conflist': JSON.stringify(podNetwork(folder)),
  };
  for (const [name, text] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text, { mode: 0o600 });
  }
}

function kubeconfig(token: string): object {
  return {
    apiVersion: 'v1',
    kind: 'Config',
    // The API server makes itself a certificate at its start.
    clusters: [{ name: 'test', cluster: { server: API_SERVER, 'insecure-skip-tls-verify': true } }],
    users: [{ name: 'admin', user: { token } }],
    contexts: [{ name: 'test', context: { cluster: 'test', user: 'admin' } }],
    'current-context': 'test',
  };
}

function kubelet(folder: string): object {
  return {
    apiVersion: 'kubelet.config.k8s.io/v1beta1',
    kind: 'KubeletConfiguration',
    address: '127.0.0.1',
    authentication: { anonymous: { enabled: true }, webhook: { enabled: false } },
    authorization: { mode: 'AlwaysAllow' },
    containerRuntimeEndpoint: `unix://${CONTAINERD_SOCKET}`,
    clusterDNS: [NODE_ADDRESS],
    clusterDomain: 'cluster.local',
    resolvConf: join(folder, 'resolv.conf'),
    podLogsDir: join(folder, 'pods'),
    // What a machine for tests has: control groups of the old kind, no systemd, and not all capabilities.
    failCgroupV1: false,
    cgroupDriver: 'cgroupfs',
    enforceNodeAllocatable: [],
    localStorageCapacityIsolation: false,
    oomScoreAdj: 0,
    failSwapOn: false,
    evictionHard: { 'memory.available': '100Mi', 'nodefs.available': '1Gi' },
    imageGCHighThresholdPercent: 100,
    nodeStatusUpdateFrequency: '5s',
    syncFrequency: '10s',
    maxPods: 20,
  };
}

function containerd(folder: string): string {
  return `version = 3
root = "${folder}/containerd"
state = "/run/containerd"
disabled_plugins = ["io.containerd.nri.v1.nri"]
[grpc]
  address = "${CONTAINERD_SOCKET}"
[plugins.'io.containerd.cri.v1.images'.pinned_images]
  sandbox = "${PAUSE_IMAGE}"
[plugins.'io.containerd.cri.v1.runtime']
  restrict_oom_score_adj = true
[plugins.'io.containerd.cri.v1.runtime'.cni]
  bin_dirs = ${JSON.stringify(CNI_FOLDERS)}
  conf_dir = "${folder}/cni"
[plugins.'io.containerd.cri.v1.runtime'.containerd]
  default_runtime_name = "runc"
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins.'io.containerd.cri.v1.runtime'.containerd.runtimes.runc.options]
  BinaryName = "runc"
  SystemdCgroup = false
`;
}

function podNetwork(folder: string): object {
  const ipam = {
    type: 'host-local',
    dataDir: join(folder, 'addresses'),
    ranges: [[{ subnet: POD_NETWORK }]],
    routes: [{ dst: '0.0.0.0/0' }],
  };
  const bridge = { type: 'bridge', bridge: 'kbr0', isGateway: true, gateway: NODE_ADDRESS, ipMasq: false, ipam };
  return { cniVersion: '0.4.0', name: 'pods', plugins: [bridge, { type: 'portmap', capabilities: { portMappings: true } }] };
}
