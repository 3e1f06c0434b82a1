import { Disk, type DiskFile, type HeldDirectory, type Urgency } from './disk.js';
import type { FileSystem } from './file-system.js';

/** The same disk for those who read what is stored and can wait: nobody who writes stands behind them. */
export class BackgroundDisk extends Disk {
  constructor(private readonly disk: Disk) {
    super();
  }

  list(directory: string): Promise<string[]> {
    return this.disk.list(directory, 'background');
  }

  openForReading(path: string): Promise<DiskFile> {
    return this.disk.openForReading(path, 'background');
  }

  makeDirectory(path: string): Promise<void> {
    return this.disk.makeDirectory(path);
  }

  create(path: string): Promise<DiskFile> {
    return this.disk.create(path);
  }

  truncate(path: string, bytes: number): Promise<void> {
    return this.disk.truncate(path, bytes);
  }

  remove(path: string): Promise<void> {
    return this.disk.remove(path);
  }

  rename(path: string, to: string): Promise<void> {
    return this.disk.rename(path, to);
  }

  syncDirectory(path: string): Promise<void> {
    return this.disk.syncDirectory(path);
  }

  lock(directory: string): HeldDirectory {
    return this.disk.lock(directory);
  }

  fileSystemOf(directory: string): Promise<FileSystem> {
    return this.disk.fileSystemOf(directory);
  }

  randomBytes(count: number): Buffer {
    return this.disk.randomBytes(count);
  }

  override hang(urgency: Urgency): string | undefined {
    return this.disk.hang(urgency);
  }
}
