import type { Disk } from './disk.js';

/** A small file as a whole. @param most bytes; what stands behind them is left out */
export async function readSmallFile(disk: Disk, path: string, most = Infinity): Promise<Buffer> {
  const file = await disk.openForReading(path);
  try {
    const bytes = Buffer.alloc(Math.min((await file.stat()).size, most));
    return bytes.subarray(0, await file.read(bytes, 0));
  } finally {
    await file.close();
  }
}

/** The same; undefined when there is none. @throws the disk's error when it does not give it */
export async function findSmallFile(disk: Disk, path: string, most?: number): Promise<Buffer | undefined> {
  try {
    return await readSmallFile(disk, path, most);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
    throw error;
  }
}

/**
 * Replaces a file in one step: a reader finds the old one or the new one.
 *
 * @param isDurable sync the bytes before the rename, so that a crash of the machine leaves no empty file
 */
export async function replaceFile(disk: Disk, path: string, bytes: Buffer, isDurable: boolean): Promise<void> {
  await disk.remove(`${path}.new`);
  const file = await disk.create(`${path}.new`);
  try {
    await file.write(bytes, 0);
    if (isDurable) await file.sync();
  } finally {
    await file.close();
  }
  await disk.rename(`${path}.new`, path);
}
