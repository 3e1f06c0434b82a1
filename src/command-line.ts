import { existsSync } from 'node:fs';
import { dirname, join } from 'node:path';

const IN_CHECKOUT = 'scripts/inlet.mjs';

/** How a command of `inlet` is called here: a checkout has it behind npm, an image on its path. */
export function commandLine(args: string, from = import.meta.dirname): string {
  for (let folder = from; folder !== dirname(folder); folder = dirname(folder))
    if (existsSync(join(folder, IN_CHECKOUT))) return `npm run --silent inlet -- ${args}`;
  return `inlet ${args}`;
}
