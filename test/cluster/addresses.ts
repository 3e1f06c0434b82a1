/** The node, as its pods see it; there are also the broker and the name server. */
export const NODE_ADDRESS = '10.245.0.1';
export const POD_NETWORK = '10.245.0.0/24';
export const SERVICE_NETWORK = '10.96.0.0/16';
export const BROKER_PORT = 9092;
export const API_SERVER = 'https://127.0.0.1:6443';
export const NODE_NAME = 'localhost';
export const CONTAINERD_SOCKET = '/run/containerd.sock';
/** Of containers: the process that holds a pod's namespaces. */
export const PAUSE_IMAGE = 'localhost/inlet-test-pause:1';
/** Where the plugins are that give pods their network. */
export const CNI_FOLDERS = ['/usr/lib/cni', '/opt/cni/bin'];
