import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { cacheFolder } from '../../services/cache.ts';

export const DRIVERS = join(import.meta.dirname, '../drivers');

/** A folder of one version of one SDK in the user's cache; `fill` runs once, and again if it did not come to its end. */
export async function installOnce(name: string, fill: (folder: string) => Promise<void>): Promise<string> {
  const folder = join(await cacheFolder(), 'sdks', name);
  const complete = join(folder, 'complete');
  if (existsSync(complete)) return folder;
  console.log(`sdks: installing ${name} (once)`);
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await fill(folder);
  await writeFile(complete, '');
  return folder;
}
