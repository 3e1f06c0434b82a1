import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * A file of the installation. It lies beside package.json, which is as far up as the sources are, or one folder further from what is
 * built of them.
 *
 * @param name relative to that folder
 * @returns its path; undefined where there is none
 */
export function findUp(name: string, from: string): string | undefined {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder))
    if (existsSync(join(folder, name))) return join(folder, name);
  return undefined;
}
