import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

const NAME = 'openapi.yaml';

/**
 * The repository's `openapi.yaml`. It lies beside package.json, which is as far up from here as the sources are, or one
 * folder further from what is built of them.
 *
 * @throws Error when there is none
 */
export function readOpenapiFile(from: string = import.meta.dirname): string {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder))
    if (existsSync(join(folder, NAME))) return readFileSync(join(folder, NAME), 'utf8');
  throw new Error(`there is no ${NAME} above ${from}: the installation is not complete`);
}
