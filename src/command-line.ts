import { findUp } from './find-up.js';

/** How a command of `inlet` is called here: a checkout has it behind npm, an image on its path. */
export function commandLine(args: string, from = import.meta.dirname): string {
  return findUp('scripts/inlet.mjs', from) === undefined ? `inlet ${args}` : `npm run --silent inlet -- ${args}`;
}
