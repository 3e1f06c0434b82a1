import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FOLDER, type Helm } from './commands.ts';
import { CHART } from './release.ts';

/** What Helm makes of a file of helm/ci. @returns the file it is in */
export async function renderTo(helm: Helm, shape: string): Promise<string> {
  const file = join(FOLDER, `shape-${shape}.yaml`);
  writeFileSync(file, await helm('template', 'shape', CHART, '--values', join(CHART, 'ci', `${shape}.yaml`)));
  return file;
}
