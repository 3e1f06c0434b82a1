import { join } from 'node:path';
import type { Clock } from '@app/event';
import type { Disk } from './disk.js';
import { findSmallFile, replaceFile } from './small-file.js';
import { reasonOf } from './storage-error.js';
import { PATIENCE_MS } from './unreadable.js';

const FILE = 'state.json';
const VERSION = 1;
/** The file has about eighty. */
const MOST_BYTES = 4096;

interface Saved {
  readonly version: number;
  readonly runningSeconds: number;
  readonly isOfOlderRelease: boolean;
  /** Absent: an older release wrote it. */
  readonly nextSequence?: number;
}

/**
 * What a log knows of itself beside its segments. Above all its running time: the seconds in which gateways ran over its
 * directory, of all of them together. Ages go by it, because a wall clock may step by years and a gateway may have been off for
 * weeks, and neither may delete anything.
 *
 * It is saved each minute and in each segment. What a crash loses of it makes everything a little younger.
 */
export class LogState {
  /** A release without running time wrote it, and nobody has said since what is to happen when it is full. */
  isOfOlderRelease = false;
  /** No record has been given this number, also none that is deleted. */
  nextSequence = 1;
  private readonly startedAt: number;
  private readonly path: string;
  private isSettled = false;
  /** Since when the disk does not give what is saved, which may come back: until then nothing is saved over it. */
  private unreadableSince: number | undefined;

  private constructor(
    private readonly disk: Disk,
    directory: string,
    private readonly clock: Clock,
    private readonly notice: (message: string) => void,
    private before: number,
  ) {
    this.path = join(directory, FILE);
    this.startedAt = clock.monotonic();
  }

  /**
   * @param newestBegunAt running time when the newest segment was begun, seconds: what is saved may be older
   * @param isOfOlderRelease asked if nothing is saved. Of what cannot be read it is false: then nothing is deleted that need not be
   */
  static async load(
    disk: Disk,
    directory: string,
    clock: Clock,
    notice: (message: string) => void,
    newestBegunAt = 0,
    isOfOlderRelease: () => Promise<boolean> = () => Promise.resolve(false),
  ): Promise<LogState> {
    // From 1 on, so that 0 can say that it is not known.
    const state = new LogState(disk, directory, clock, notice, Math.max(1, newestBegunAt));
    try {
      if (!(await state.find())) state.isOfOlderRelease = await isOfOlderRelease();
    } catch (error) {
      state.unreadableSince = state.startedAt;
      notice(`${state.path} cannot be read (${reasonOf(error)}): everything counts as younger than it is`);
    }
    return state;
  }

  /** Of this moment; with fractions. */
  get runningSeconds(): number {
    return this.before + (this.clock.monotonic() - this.startedAt) / 1000;
  }

  /** Somebody has said it. */
  settle(): void {
    this.isSettled = true;
    this.isOfOlderRelease = false;
  }

  /** What is saved may come back, and is not known. */
  get isUnread(): boolean {
    return this.unreadableSince !== undefined;
  }

  /** @throws the disk's error, also when it does not give what was saved before */
  async save(): Promise<void> {
    const unread = this.unreadableSince === undefined ? undefined : await this.findAgain();
    const { runningSeconds, isOfOlderRelease, nextSequence, disk } = this;
    const saved: Saved = { version: VERSION, runningSeconds: Math.floor(runningSeconds), isOfOlderRelease, nextSequence };
    await replaceFile(disk, this.path, Buffer.from(JSON.stringify(saved)), true);
    // The disk takes writes, and has had its time.
    this.unreadableSince = undefined;
    if (unread !== undefined) this.notice(`${this.path} cannot be read (${unread}) and is given up: everything stays a little younger`);
  }

  /** @returns whether something is saved. @throws the disk's error when it does not give it */
  private async find(): Promise<boolean> {
    const bytes = await findSmallFile(this.disk, this.path, MOST_BYTES);
    const saved = bytes && parse(bytes);
    if (saved === 'damaged') this.notice(`${this.path} is damaged, or another release wrote it: everything is a little younger`);
    if (saved === undefined || saved === 'damaged') return false;
    // Found later it would make old at once what was written in this life, by a time that is behind it.
    if (this.unreadableSince === undefined) this.before = Math.max(this.before, saved.runningSeconds);
    this.nextSequence = Math.max(this.nextSequence, saved.nextSequence ?? 1);
    this.isOfOlderRelease = saved.isOfOlderRelease && !this.isSettled;
    return true;
  }

  /** @returns why it cannot be read, when it has been waited for long enough */
  private async findAgain(): Promise<string | undefined> {
    try {
      await this.find();
      return undefined;
    } catch (error) {
      if (this.clock.monotonic() - this.unreadableSince! < PATIENCE_MS) throw error;
      return reasonOf(error);
    }
  }
}

function parse(bytes: Buffer): Saved | 'damaged' {
  try {
    const saved = JSON.parse(bytes.toString()) as Saved;
    const { version, runningSeconds, isOfOlderRelease, nextSequence = 1 } = saved;
    const isOurs = version === VERSION && Number.isFinite(runningSeconds) && typeof isOfOlderRelease === 'boolean';
    return isOurs && Number.isSafeInteger(nextSequence) ? saved : 'damaged';
  } catch {
    return 'damaged';
  }
}
