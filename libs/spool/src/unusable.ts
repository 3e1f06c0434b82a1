import { SettingError } from '@app/config';
import { reasonOf, StorageError } from './storage-error.js';

/** What to do about it, by the system's word for it. */
const REMEDIES: Readonly<Record<string, string>> = {
  EACCES: 'this process may not write there; give its user the directory, or name another one',
  EPERM: 'this process may not write there; give its user the directory, or name another one',
  EROFS: 'it is on a file system that is read-only; name a directory that can be written to',
  ENOTDIR: 'it is, or lies below, a file; name a directory',
  EEXIST: 'it is a file; name a directory',
  ENOENT: 'it cannot be created there; name another directory',
  ENOSPC: 'the disk is full; make room, or name a directory on another one',
};

/** Why a directory that a variable names cannot be used, for its operator. */
export function unusable(variable: string, directory: string, error: unknown): SettingError {
  return new SettingError(`${variable}=${directory}: ${textOf(error, variable)}`, { cause: error });
}

function textOf(error: unknown, variable: string): string {
  if (error instanceof StorageError && error.code === 'locked') return `${error.message}; stop the other one, or set ${variable}`;
  const code = codeOf(error);
  const remedy = code === undefined ? undefined : REMEDIES[code];
  return remedy === undefined ? `it cannot be used (${reasonOf(error)}); name another directory` : `${remedy} (${code})`;
}

function codeOf(error: unknown): string | undefined {
  if (!(error instanceof Error)) return undefined;
  const { code } = error as NodeJS.ErrnoException;
  // What the log wraps says less than what it has met.
  return error instanceof StorageError ? codeOf(error.cause) : code;
}
