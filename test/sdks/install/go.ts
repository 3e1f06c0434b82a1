import { copyFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Drive } from '../client.ts';
import { KNOWN_SET } from '../wire/known-set.ts';
import { DRIVERS, installOnce } from './folder.ts';
import { runIn } from './run-in.ts';

const MODULE = 'github.com/posthog/posthog-go';

export async function prepareGo(version: string): Promise<Drive> {
  const source = join(DRIVERS, 'go/main.go');
  const folder = await installOnce(`go-${version}`, async (into) => {
    await copyFile(source, join(into, 'main.go'));
    await writeFile(join(into, 'go.mod'), `module driver\n\ngo 1.22\n\nrequire ${MODULE} v${version}\n`);
    await runIn(into, ['go', 'mod', 'tidy'], 300);
  });
  await copyFile(source, join(folder, 'main.go'));
  await runIn(folder, ['go', 'build', '-o', 'driver', '.'], 300);
  return async (url, token, modes) => {
    await runIn(folder, [join(folder, 'driver'), url, token, KNOWN_SET, ...modes], 60);
  };
}
