import { randomBytes } from 'node:crypto';
import { access, constants, open, readdir, rename, rm, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { DirectoryLock } from './directory-lock.js';
import { BACKGROUND, FOREGROUND, type IoLane } from './io-lane.js';
import { makeDirectories } from './make-directories.js';
import { fileSystemOf, type FileSystem } from './file-system.js';

/** The file operations the log needs: a seam, so that specs can make a disk fail in every way a disk fails. */
export abstract class Disk {
  /** Creates it (0700) with its parents, durably; one that exists is fine if it can be written to. */
  abstract makeDirectory(path: string): Promise<void>;
  abstract list(directory: string, urgency?: Urgency): Promise<string[]>;
  /** A new file, 0600; fails when it exists. Durable only after `syncDirectory`. */
  abstract create(path: string): Promise<DiskFile>;
  abstract openForReading(path: string, urgency?: Urgency): Promise<DiskFile>;
  abstract truncate(path: string, bytes: number): Promise<void>;
  abstract remove(path: string): Promise<void>;
  /** Takes the place of a file of the new name. Durable only after `syncDirectory`. */
  abstract rename(path: string, to: string): Promise<void>;
  abstract syncDirectory(path: string): Promise<void>;
  /** Why nothing goes on at the moment: an operation has not returned for long. Undefined as long as all do. */
  hang(_urgency: Urgency): string | undefined {
    return undefined;
  }
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

/** `background`: reading that can wait, and must not hold up who writes. */
export type Urgency = 'foreground' | 'background';

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

/** The token under which another disk can be given in place of the file system. */
export const DISK = Symbol('inlet:spool-disk');

/** The file system, one operation at a time of those that can wait and one of the others, in all of this process (`IoLane`). */
export class NodeDisk extends Disk {
  /** @param fsync false breaks the promise of the log; it exists so that a test can show what the promise is made of */
  constructor(private readonly fsync = true) {
    super();
  }

  async makeDirectory(path: string): Promise<void> {
    const first = await FOREGROUND.run('mkdir', path, () => makeDirectories(path));
    await FOREGROUND.run('access', path, () => access(path, constants.R_OK | constants.W_OK | constants.X_OK));
    if (first === undefined) return;
    for (let parent = path; parent.length >= first.length; parent = dirname(parent)) await this.syncDirectory(dirname(parent));
  }

  list(directory: string, urgency: Urgency = 'foreground'): Promise<string[]> {
    return laneOf(urgency).run('readdir', directory, () => readdir(directory));
  }

  async create(path: string): Promise<DiskFile> {
    return new NodeFile(path, await FOREGROUND.run('open', path, () => open(path, 'wx', 0o600)), FOREGROUND, this.fsync);
  }

  async openForReading(path: string, urgency: Urgency = 'foreground'): Promise<DiskFile> {
    const lane = laneOf(urgency);
    return new NodeFile(path, await lane.run('open', path, () => open(path, 'r')), lane, this.fsync);
  }

  async truncate(path: string, bytes: number): Promise<void> {
    const handle = await FOREGROUND.run('open', path, () => open(path, 'r+'));
    try {
      const { size } = await FOREGROUND.run('stat', path, () => handle.stat());
      if (size > bytes) await FOREGROUND.run('truncate', path, () => handle.truncate(bytes));
      if (this.fsync) await FOREGROUND.run('fdatasync', path, () => handle.datasync());
    } finally {
      await FOREGROUND.run('close', path, () => handle.close());
    }
  }

  remove(path: string): Promise<void> {
    return FOREGROUND.run('unlink', path, () => rm(path, { force: true }));
  }

  rename(path: string, to: string): Promise<void> {
    return FOREGROUND.run('rename', path, () => rename(path, to));
  }

  async syncDirectory(path: string): Promise<void> {
    if (!this.fsync) return;
    const handle = await FOREGROUND.run('open', path, () => open(path, 'r'));
    try {
      await FOREGROUND.run('fsync', path, () => handle.sync());
    } finally {
      await FOREGROUND.run('close', path, () => handle.close());
    }
  }

  override hang(urgency: Urgency): string | undefined {
    return laneOf(urgency).hang();
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

const laneOf = (urgency: Urgency): IoLane => (urgency === 'background' ? BACKGROUND : FOREGROUND);

class NodeFile implements DiskFile {
  constructor(
    private readonly path: string,
    private readonly handle: FileHandle,
    private readonly lane: IoLane,
    private readonly fsync: boolean,
  ) {}

  async write(bytes: Buffer, position: number): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      const from = done;
      const write = () => this.handle.write(bytes, from, bytes.length - from, position + from);
      done += (await this.lane.run('write', this.path, write)).bytesWritten;
    }
  }

  async sync(): Promise<void> {
    if (this.fsync) await this.lane.run('fdatasync', this.path, () => this.handle.datasync());
  }

  async read(target: Buffer, position: number): Promise<number> {
    let done = 0;
    while (done < target.length) {
      const from = done;
      const read = () => this.handle.read(target, from, target.length - from, position + from);
      const { bytesRead } = await this.lane.run('read', this.path, read);
      if (bytesRead === 0) break;
      done += bytesRead;
    }
    return done;
  }

  stat(): Promise<{ size: number; mtimeMs: number }> {
    return this.lane.run('stat', this.path, () => this.handle.stat());
  }

  close(): Promise<void> {
    return this.lane.run('close', this.path, () => this.handle.close());
  }
}
