import { join } from 'node:path';
import type { Clock } from '@app/event';
import type { Disk } from './disk.js';
import { readSmallFile, replaceFile } from './small-file.js';

const FILE = 'state.json';
const VERSION = 1;
/** The file has about eighty. */
const MOST_BYTES = 4096;

interface Saved {
  readonly version: number;
  readonly runningSeconds: number;
  readonly isOfOlderRelease: boolean;
}

/**
 * What a log knows of itself beside its segments. Above all its running time: the seconds in which gateways ran over its
 * directory, of all of them together. Ages go by it, because a wall clock may step by years and a gateway may have been off for
 * weeks, and neither may delete anything.
 *
 * It is saved each minute and in each segment. What a crash loses of it makes everything a little younger.
 */
export class LogState {
  private readonly startedAt: number;

  private constructor(
    private readonly disk: Disk,
    private readonly directory: string,
    private readonly clock: Clock,
    private readonly before: number,
    /** A release without running time wrote it, and nobody has said since what is to happen when it is full. */
    public isOfOlderRelease: boolean,
  ) {
    this.startedAt = clock.monotonic();
  }

  /**
   * @param newestBegunAt running time when the newest segment was begun, seconds: what is saved may be older
   * @param isOfOlderRelease asked if nothing is saved
   */
  static async load(
    disk: Disk,
    directory: string,
    clock: Clock,
    newestBegunAt = 0,
    isOfOlderRelease: () => Promise<boolean> = () => Promise.resolve(false),
  ): Promise<LogState> {
    const saved = await read(disk, join(directory, FILE)).catch(() => undefined);
    // From 1 on, so that 0 can say that it is not known.
    const seconds = Math.max(1, saved?.runningSeconds ?? 0, newestBegunAt);
    return new LogState(disk, directory, clock, seconds, saved?.isOfOlderRelease ?? (await isOfOlderRelease()));
  }

  /** Of this moment; with fractions. */
  get runningSeconds(): number {
    return this.before + (this.clock.monotonic() - this.startedAt) / 1000;
  }

  async save(): Promise<void> {
    const { runningSeconds, isOfOlderRelease, disk } = this;
    const saved: Saved = { version: VERSION, runningSeconds: Math.floor(runningSeconds), isOfOlderRelease };
    await replaceFile(disk, join(this.directory, FILE), Buffer.from(JSON.stringify(saved)), true);
  }
}

/** Undefined for what is no state of ours: everything is young then. */
async function read(disk: Disk, path: string): Promise<Saved | undefined> {
  const saved = JSON.parse((await readSmallFile(disk, path, MOST_BYTES)).toString()) as Saved;
  const isOurs = saved.version === VERSION && Number.isFinite(saved.runningSeconds) && typeof saved.isOfOlderRelease === 'boolean';
  return isOurs ? saved : undefined;
}
