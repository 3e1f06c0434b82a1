import { statfs } from 'node:fs/promises';
import { dirname } from 'node:path';
import { FOREGROUND } from './io-lane.js';

/** What the disk has free that a directory is on, or will be once it is made. */
export async function freeBytesOf(directory: string): Promise<number> {
  try {
    const { bavail, bsize } = await FOREGROUND.run('statfs', directory, () => statfs(directory));
    return bavail * bsize;
  } catch {
    const parent = dirname(directory);
    return parent === directory ? 0 : freeBytesOf(parent);
  }
}
