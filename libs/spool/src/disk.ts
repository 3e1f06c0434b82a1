import { randomBytes } from 'node:crypto';
import { access, constants, mkdir, open, readdir, rename, rm, stat, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DirectoryLock } from './directory-lock.js';
import { fileSystemOf, type FileSystem } from './outage/file-system.js';

/** The file operations the log needs: a seam, so that specs can make a disk fail in every way a disk fails. */
export abstract class Disk {
  /** Creates it (0700) with its parents, durably; one that exists is fine if it can be written to. */
  abstract makeDirectory(path: string): Promise<void>;
  abstract list(directory: string): Promise<string[]>;
  /** A new file, 0600; fails when it exists. Durable only after `syncDirectory`. */
  abstract create(path: string): Promise<DiskFile>;
  abstract openForReading(path: string): Promise<DiskFile>;
  abstract truncate(path: string, bytes: number): Promise<void>;
  abstract remove(path: string): Promise<void>;
  /** Takes the place of a file of the new name. Durable only after `syncDirectory`. */
  abstract rename(path: string, to: string): Promise<void>;
  abstract syncDirectory(path: string): Promise<void>;
  /**
   * Ours alone until it is released or this process ends.
   *
   * @throws StorageError `locked` when another process holds it, `open` when it cannot be used
   */
  abstract lock(directory: string): HeldDirectory;
  /** What a directory is on, or will be once it is made. */
  abstract fileSystemOf(directory: string): Promise<FileSystem>;
  /** That many bytes that nobody can guess. */
  abstract randomBytes(count: number): Buffer;
}

export interface HeldDirectory {
  release(): void;
}

export interface DiskFile {
  /** Writes all of it or throws. */
  write(bytes: Buffer, position: number): Promise<void>;
  /** Returns once everything written before it is on the medium (fdatasync). */
  sync(): Promise<void>;
  /** Fills `target` from `position`; returns how many bytes there were. */
  read(target: Buffer, position: number): Promise<number>;
  stat(): Promise<{ readonly size: number; readonly mtimeMs: number }>;
  close(): Promise<void>;
}

export class NodeDisk extends Disk {
  /** @param fsync false breaks the promise of the log; it exists so that a test can show what the promise is made of */
  constructor(private readonly fsync = true) {
    super();
  }

  async makeDirectory(path: string): Promise<void> {
    const first = await mkdir(path, { recursive: true, mode: 0o700 });
    await access(path, constants.R_OK | constants.W_OK | constants.X_OK);
    if (first === undefined) return;
    for (let parent = path; parent.length >= first.length; parent = dirname(parent)) await this.syncDirectory(dirname(parent));
  }

  list(directory: string): Promise<string[]> {
    return readdir(directory);
  }

  async create(path: string): Promise<DiskFile> {
    return new NodeFile(await open(path, 'wx', 0o600), this.fsync);
  }

  async openForReading(path: string): Promise<DiskFile> {
    return new NodeFile(await open(path, 'r'), this.fsync);
  }

  async truncate(path: string, bytes: number): Promise<void> {
    const handle = await open(path, 'r+');
    try {
      if ((await stat(path)).size > bytes) await handle.truncate(bytes);
      if (this.fsync) await handle.datasync();
    } finally {
      await handle.close();
    }
  }

  remove(path: string): Promise<void> {
    return rm(path, { force: true });
  }

  rename(path: string, to: string): Promise<void> {
    return rename(path, to);
  }

  async syncDirectory(path: string): Promise<void> {
    if (!this.fsync) return;
    const handle = await open(path, 'r');
    try {
      await handle.sync();
    } finally {
      await handle.close();
    }
  }

  lock(directory: string): HeldDirectory {
    return DirectoryLock.acquire(directory);
  }

  fileSystemOf(directory: string): Promise<FileSystem> {
    return fileSystemOf(directory);
  }

  randomBytes(count: number): Buffer {
    return randomBytes(count);
  }
}

class NodeFile implements DiskFile {
  constructor(
    private readonly handle: FileHandle,
    private readonly fsync: boolean,
  ) {}

  async write(bytes: Buffer, position: number): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const { bytesWritten } = await this.handle.write(bytes, done, bytes.length - done, position + done);
      done += bytesWritten;
    }
  }

  async sync(): Promise<void> {
    if (this.fsync) await this.handle.datasync();
  }

  async read(target: Buffer, position: number): Promise<number> {
    let done = 0;
    while (done < target.length) {
      const { bytesRead } = await this.handle.read(target, done, target.length - done, position + done);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done;
  }

  stat(): Promise<{ size: number; mtimeMs: number }> {
    return this.handle.stat();
  }

  close(): Promise<void> {
    return this.handle.close();
  }
}
