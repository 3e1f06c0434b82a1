/**
 * - `backlog`: more bytes wait for the disk than the limit allows; try again shortly.
 * - `write`: the disk refused (full, broken, gone); nothing of this append counts as stored.
 * - `full`: the log holds all that it may, and nothing may be deleted.
 * - `slow`: the disk has not answered in time; what it stores after all is a copy of what is sent again.
 * - `closed`: the log is shutting down.
 * - `record_too_big`: one record is larger than a segment's records may be; it never will fit.
 * - `open`: the directory cannot be used (missing rights, read-only).
 * - `locked`: another process owns it.
 */
export type StorageErrorCode = 'backlog' | 'write' | 'full' | 'slow' | 'closed' | 'record_too_big' | 'open' | 'locked';

/** The log could not do what it was asked; what it has acknowledged before is untouched. */
export class StorageError extends Error {
  override readonly name = 'StorageError';

  constructor(
    readonly code: StorageErrorCode,
    message: string,
    options?: ErrorOptions,
  ) {
    super(message, options);
  }
}

/** `ENOSPC: no space left on device` and the like, for messages; never a payload. */
export function reasonOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
