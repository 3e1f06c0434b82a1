import { readFileSync } from 'node:fs';
import { findUp } from '../find-up.js';

const NAME = 'openapi.yaml';

/** The text of `openapi.yaml`. @throws Error when there is none */
export function readOpenapiFile(from: string = import.meta.dirname): string {
  const path = findUp(NAME, from);
  if (path === undefined) throw new Error(`there is no ${NAME} above ${from}: the installation is not complete`);
  return readFileSync(path, 'utf8');
}
