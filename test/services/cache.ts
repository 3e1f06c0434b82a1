import { mkdir } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';

/** Where downloads are kept between runs and shared between clones; safe to delete. */
export const CACHE = join(process.env.XDG_CACHE_HOME || join(homedir(), '.cache'), 'inlet-tests');

export async function cacheFolder(): Promise<string> {
  await mkdir(CACHE, { recursive: true });
  return CACHE;
}
