import { mkdir, stat } from 'node:fs/promises';
import { dirname } from 'node:path';

/**
 * Makes a directory (0700) and those above it that are not there. Not by Node's `recursive`: where the file system takes no directory
 * and says ENOENT, as /proc does, that never returns.
 *
 * @returns the first one that was made; undefined when all were there
 */
export async function makeDirectories(path: string): Promise<string | undefined> {
  if (await make(path)) return path;
  if (await isDirectory(path)) return undefined;
  const first = await makeDirectories(dirname(path));
  // Another process may have been faster.
  const isOurs = await mkdir(path, { mode: 0o700 }).then(
    () => true,
    async (error: NodeJS.ErrnoException) => {
      if (error.code === 'EEXIST' && (await isDirectory(path))) return false;
      throw error;
    },
  );
  return first ?? (isOurs ? path : undefined);
}

/** @returns false where it exists, or what is above it does not */
async function make(path: string): Promise<boolean> {
  try {
    await mkdir(path, { mode: 0o700 });
    return true;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' && dirname(path) !== path) return false;
    if (code === 'EEXIST' && (await isDirectory(path))) return false;
    throw error;
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return stat(path).then(
    (found) => found.isDirectory(),
    () => false,
  );
}
