import { join } from 'node:path';
import type { Drive } from '../client.ts';
import { KNOWN_SET } from '../wire/known-set.ts';
import { DRIVERS, installOnce } from './folder.ts';
import { runIn } from './run-in.ts';

export async function preparePython(version: string, extras = ''): Promise<Drive> {
  const folder = await installOnce(`python-${version}${extras}`, async (into) => {
    await runIn(into, ['python3', '-m', 'venv', into], 120);
    const pip = [join(into, 'bin/python'), '-m', 'pip', 'install', '--quiet', '--disable-pip-version-check'];
    await runIn(into, [...pip, `posthog${extras}==${version}`], 300);
  });
  return async (url, token, modes) => {
    await runIn(folder, [join(folder, 'bin/python'), join(DRIVERS, 'python/send.py'), url, token, KNOWN_SET, ...modes], 60);
  };
}
