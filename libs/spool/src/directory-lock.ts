import { chmodSync, truncateSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { reasonOf, StorageError } from './storage-error.js';

export const LOCK_FILE = 'lock';
const SQLITE_BUSY = 5;
/** SQLITE_CORRUPT and SQLITE_NOTADB. */
const SQLITE_DAMAGED = new Set([11, 26]);

/**
 * One process owns a directory. Node has no flock, and a file with a process id in it cannot be judged across
 * containers (every one of them is process 1). SQLite comes with Node and takes a real kernel lock (fcntl): held
 * exactly as long as the process lives, kill -9 included, so there is no stale lock to reason about.
 */
export class DirectoryLock {
  private constructor(private readonly database: DatabaseSync) {}

  /** @throws StorageError `locked` when another process (or another log of this one) holds it, `open` when it cannot be used */
  static acquire(directory: string): DirectoryLock {
    const path = join(directory, LOCK_FILE);
    try {
      return new DirectoryLock(holdExclusively(path));
    } catch (error) {
      const code = (error as { errcode?: number }).errcode;
      if (code === SQLITE_BUSY) {
        throw new StorageError('locked', `${directory} is in use by another process: each gateway needs a directory of its own`);
      }
      throw new StorageError('open', `cannot lock ${path}: ${reasonOf(error)}`, { cause: error });
    }
  }

  release(): void {
    this.database.close();
  }
}

function holdExclusively(path: string, isRetry = false): DatabaseSync {
  const database = new DatabaseSync(path, { timeout: 0 });
  try {
    database.exec('PRAGMA journal_mode = MEMORY');
    initialise(database);
    database.exec('BEGIN EXCLUSIVE');
    chmodSync(path, 0o600);
    return database;
  } catch (error) {
    database.close();
    if (isRetry || !SQLITE_DAMAGED.has((error as { errcode?: number }).errcode ?? 0)) throw error;
    // A damaged lock file must not keep the gateway down. Emptied in place: the kernel's lock is on the inode.
    truncateSync(path, 0);
    return holdExclusively(path, true);
  }
}

/** Writes the one page it needs while there is room, so that a later start on a full disk still gets its lock. */
function initialise(database: DatabaseSync): void {
  const row = database.prepare('PRAGMA user_version').get();
  if (row?.user_version !== 1) database.exec('PRAGMA user_version = 1');
}
