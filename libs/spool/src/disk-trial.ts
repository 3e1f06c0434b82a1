import { join } from 'node:path';
import type { Disk } from './disk.js';

/** Not a segment: no reader looks at it. */
export const TRIAL_FILE = 'trial';
const FIRST_PAUSE_MS = 1000;
const LONGEST_PAUSE_MS = 30_000;
const LEAST_BYTES = 64 * 1024;

/**
 * A disk that failed takes nothing from anybody, because readiness keeps requests away: so the log tries for itself, more and
 * more rarely, until its disk is well.
 */
export class DiskTrial {
  #timer: NodeJS.Timeout | undefined;
  #pauseMs = FIRST_PAUSE_MS;
  #bytes = LEAST_BYTES;

  constructor(
    private readonly disk: Disk,
    private readonly directory: string,
    private readonly onDue: () => void,
  ) {}

  /** The disk has refused so many bytes, the log's or those of a trial. */
  failed(bytes = 0): void {
    this.#bytes = Math.max(bytes, this.#bytes);
    if (this.#timer !== undefined) return;
    this.#timer = setTimeout(() => {
      this.#timer = undefined;
      this.onDue();
    }, this.#pauseMs);
    this.#timer.unref();
    this.#pauseMs = Math.min(this.#pauseMs * 2, LONGEST_PAUSE_MS);
  }

  /** Something was stored. */
  succeeded(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#pauseMs = FIRST_PAUSE_MS;
    this.#bytes = LEAST_BYTES;
  }

  stop(): void {
    clearTimeout(this.#timer);
  }

  /** What storing takes: a new file with as many bytes as were refused, durable with its name. Throws what the disk says. */
  async run(): Promise<void> {
    const path = join(this.directory, TRIAL_FILE);
    await this.disk.remove(path);
    const file = await this.disk.create(path);
    try {
      await file.write(Buffer.alloc(this.#bytes), 0);
      await file.sync();
      await this.disk.syncDirectory(this.directory);
    } finally {
      await file.close().catch(() => {});
      await this.disk.remove(path).catch(() => {});
    }
  }
}
