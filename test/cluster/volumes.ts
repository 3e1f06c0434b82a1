import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { apply, FOLDER } from './commands.ts';
import { NODE_NAME } from './addresses.ts';

export const STORAGE_CLASS = 'folders';

/** Volumes on this node's disk, made by hand as an administrator would: there is nobody here who makes them on demand. */
export async function makeVolumes(count: number): Promise<void> {
  const volumes = Array.from({ length: count }, (_, i) => volume(i));
  const storageClass = {
    apiVersion: 'storage.k8s.io/v1',
    kind: 'StorageClass',
    metadata: { name: STORAGE_CLASS },
    provisioner: 'kubernetes.io/no-provisioner',
    volumeBindingMode: 'WaitForFirstConsumer',
  };
  await apply(storageClass, ...volumes);
}

function volume(number: number): object {
  const path = join(FOLDER, 'volumes', String(number));
  mkdirSync(path, { recursive: true });
  const here = { key: 'kubernetes.io/hostname', operator: 'In', values: [NODE_NAME] };
  return {
    apiVersion: 'v1',
    kind: 'PersistentVolume',
    metadata: { name: `folder-${number}` },
    spec: {
      capacity: { storage: '2Gi' },
      accessModes: ['ReadWriteOnce'],
      persistentVolumeReclaimPolicy: 'Retain',
      storageClassName: STORAGE_CLASS,
      // Not hostPath: of those Kubernetes leaves the owner as it is, and the gateway could not write.
      local: { path },
      nodeAffinity: { required: { nodeSelectorTerms: [{ matchExpressions: [here] }] } },
    },
  };
}
