import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a directory (0700) and those above it that are not there. Not by Node's `recursive`: where the file system takes no directory
 * and says ENOENT, as /proc does, that never returns.
 *
 * @returns the first one that was made; undefined when all were there
 */
export async function makeDirectories(path: string): Promise<string | undefined> {
  try {
    return (await make(path)) ? path : undefined;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) throw error;
  }
  const first = await makeDirectories(dirname(path));
  return (await make(path)) ? (first ?? path) : first;
}

/** @returns false where it is there, perhaps since a moment: several processes start over one directory */
async function make(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST' && (await isDirectory(path))) return false;
    throw error;
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
