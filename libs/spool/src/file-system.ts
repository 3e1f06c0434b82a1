import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FOREGROUND } from './io-lane.js';

/** Magic numbers of statfs(2). Locks and fsync of these are a matter of luck. */
const NETWORK = new Map([
  [0x6969, 'NFS'],
  [0x517b, 'SMB'],
  [0xff534d42, 'CIFS'],
  [0xfe534d42, 'SMB2'],
  [0xc36400, 'Ceph'],
  [0x5346414f, 'AFS'],
  [0x0bd00bd0, 'Lustre'],
  [0x47504653, 'GPFS'],
]);
const MEMORY = new Map([
  [0x01021994, 'tmpfs'],
  [0x858458f6, 'ramfs'],
]);

export interface FileSystem {
  readonly kind: 'local' | 'network' | 'memory';
  readonly name: string;
}

/** What a directory is on, or will be once it is made. Unknown ones count as local. */
export async function fileSystemOf(directory: string): Promise<FileSystem> {
  try {
    const type = (await FOREGROUND.run('statfs', directory, () => statfs(directory))).type >>> 0;
    const [network, memory] = [NETWORK.get(type), MEMORY.get(type)];
    if (network !== undefined) return { kind: 'network', name: network };
    return memory === undefined ? { kind: 'local', name: `0x${type.toString(16)}` } : { kind: 'memory', name: memory };
  } catch {
    const parent = dirname(directory);
    return parent === directory ? { kind: 'local', name: 'unknown' } : fileSystemOf(parent);
  }
}
