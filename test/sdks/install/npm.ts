import { readFileSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Drive } from '../client.ts';
import { KNOWN_SET } from '../wire/known-set.ts';
import { DRIVERS, installOnce } from './folder.ts';
import { runIn } from './run-in.ts';

/** A folder with one package and what it needs; no install script runs. */
export function installNpm(name: string, version: string): Promise<string> {
  return installOnce(`npm-${name}-${version}`, async (folder) => {
    await writeFile(join(folder, 'package.json'), JSON.stringify({ private: true, dependencies: { [name]: version } }));
    await runIn(folder, ['npm', 'install', '--ignore-scripts', '--no-audit', '--no-fund', '--silent'], 300);
    const installed = JSON.parse(readFileSync(join(folder, `node_modules/${name}/package.json`), 'utf8')) as { version: string };
    if (installed.version !== version) throw new Error(`${name} is of version ${installed.version}, not ${version}`);
  });
}

export async function prepareNode(version: string): Promise<Drive> {
  const folder = await installNpm('posthog-node', version);
  return async (url, token, modes) => {
    const env = { POSTHOG_CAPTURE_MODE: modes.includes('v1') ? 'v1' : 'v0' };
    await runIn(folder, [process.execPath, join(DRIVERS, 'node/send.mjs'), folder, url, token, KNOWN_SET, ...modes], 60, env);
  };
}
