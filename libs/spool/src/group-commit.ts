import type { Clock } from '@app/event';
import { acknowledge, type AppendQueue, type PendingAppend } from './append-queue.js';
import type { Disk } from './disk.js';
import { DiskHealth } from './disk-health.js';
import type { DurableMark } from './durable-mark.js';
import type { LogReaders } from './log-readers.js';
import type { LogState } from './log-state.js';
import { describeDeletion, type Retention } from './retention.js';
import type { SegmentCatalog } from './segment-catalog.js';
import { SegmentWriter } from './segment-writer.js';
import type { SpoolMetrics } from './spool.metrics.js';
import { reasonOf, StorageError } from './storage-error.js';

/** A group's upper size: large enough that an fdatasync (0.5-5 ms) is shared by thousands, small enough not to hold others up. */
const GROUP_BYTES = 4 * 1024 * 1024;
const HOUR_MS = 3_600_000;
/** A little less than the minute in which it is asked for. */
const STATE_EVERY_MS = 50_000;

export interface GroupCommitSettings {
  readonly directory: string;
  readonly segmentBytes: number;
  readonly retention?: Retention | undefined;
  readonly state: LogState;
  readonly readers: LogReaders;
  /** Of a log that other processes read. */
  readonly durable: DurableMark | undefined;
  readonly notice: (message: string) => void;
  readonly metrics: SpoolMetrics;
  readonly disk: Disk;
  readonly clock: Clock;
}

/**
 * Writes what is waiting, group after group: appends that arrive while an fdatasync is under way share the next one.
 * One group is in flight at most, so a segment is only ever written by one hand.
 */
export class GroupCommit {
  private writer: SegmentWriter | undefined;
  private buffer = Buffer.allocUnsafeSlow(256 * 1024);
  private running: Promise<void> | undefined;
  private isTidyDue = false;
  /** Something here has a time that the state must not fall behind of. */
  private isStateUsed = false;
  private stateSavedAt = -Infinity;
  /** That number is durable in the state. */
  private savedNumber = 0;
  private readonly health: DiskHealth;
  private releaseDue: number | undefined;

  constructor(
    private readonly settings: GroupCommitSettings,
    private readonly queue: AppendQueue,
    private readonly catalog: SegmentCatalog,
    public nextSequence: number,
  ) {
    this.health = new DiskHealth(settings, () => void this.run());
  }

  /** Why nothing is stored at the moment; undefined when all is well. */
  get failure(): string | undefined {
    return this.health.failure;
  }

  /** Sees to it that what is in the queue gets written; settles when nothing is left to do. Never rejects. */
  run(): Promise<void> {
    this.running ??= this.work();
    return this.running;
  }

  /** Applies retention between two groups. */
  tidy(): Promise<void> {
    this.isTidyDue = true;
    return this.run();
  }

  /** Deletes the segments that hold nothing from `below` on, the one being written among them. */
  release(below: number): Promise<void> {
    this.releaseDue = below;
    return this.run();
  }

  async close(): Promise<void> {
    this.health.stop();
    await this.run();
    await this.seal();
    await this.saveState();
    await this.settings.durable?.close();
  }

  private async work(): Promise<void> {
    // Appends of one tick make one group. Between the last look at the queue and the last line nothing is awaited.
    await Promise.resolve();
    while (!this.queue.isEmpty || this.isTidyDue || this.health.isTrialDue || this.releaseDue !== undefined) {
      if (this.isTidyDue) await this.expire(true);
      else if (this.releaseDue !== undefined) await this.releaseSegments(this.releaseDue);
      else if (!this.queue.isEmpty) await this.store(this.queue.take(GROUP_BYTES));
      else await this.health.tryDisk();
    }
    this.running = undefined;
  }

  /** A segment that failed is dead: the group is written once more, elsewhere. A second failure is the callers' to know. */
  private async store(group: PendingAppend[]): Promise<void> {
    try {
      await this.attempt(group).catch(async (error: unknown) => {
        await this.fail(error, bytesOf(group));
        return this.attempt(group);
      });
    } catch (error) {
      await this.fail(error, bytesOf(group));
      for (const { reject } of group) reject(new StorageError('write', reasonOf(error), { cause: error }));
    }
  }

  private async attempt(group: PendingAppend[]): Promise<void> {
    const { clock, metrics, segmentBytes } = this.settings;
    const bytes = bytesOf(group);
    if (this.writer && isFinished(this.writer, bytes, segmentBytes, clock.monotonic())) await this.seal();
    this.writer ??= await this.createSegment();
    const firstSequence = this.nextSequence;
    // Numbers of a group that fails are not used again: two records with one number would confuse every reader.
    this.nextSequence += group.reduce((sum, { payloads }) => sum + payloads.length, 0);
    const startedAt = clock.monotonic();
    await this.writer.commit({
      payloads: group.map(({ payloads }) => payloads),
      bytes,
      firstSequence,
      time: clock.now(),
      runningSeconds: this.settings.state.runningSeconds,
      buffer: this.room(bytes),
    });
    metrics.committed(this.nextSequence - firstSequence, bytes, (clock.monotonic() - startedAt) / 1000);
    this.health.stored();
    await this.settings.durable?.set(this.nextSequence - 1);
    acknowledge(group, firstSequence);
  }

  private async createSegment(): Promise<SegmentWriter> {
    const { disk, directory, clock, state } = this.settings;
    const writer = await SegmentWriter.create(disk, directory, this.nextSequence, clock.monotonic(), state.runningSeconds);
    this.isStateUsed = true;
    this.catalog.active = writer.info;
    return writer;
  }

  /** Never throws: what is sealed is durable already. */
  private async seal(): Promise<void> {
    const writer = this.writer;
    this.writer = undefined;
    if (!writer) return;
    await writer.close().catch(() => {});
    this.catalog.seal();
    await this.expire(false);
  }

  private async fail(error: unknown, bytes: number): Promise<void> {
    this.health.failed(error, bytes);
    await this.writer?.abandon();
    this.writer = undefined;
    this.catalog.seal();
  }

  private async expire(isIdle: boolean): Promise<void> {
    const { retention, directory, metrics, notice, state, readers, segmentBytes } = this.settings;
    this.isTidyDue = false;
    if (isIdle && this.settings.clock.monotonic() - this.stateSavedAt >= STATE_EVERY_MS) await this.saveState();
    if (isIdle) await this.settings.durable?.setAgain();
    if (!retention) return;
    const { runningSeconds } = state;
    const newest = this.writer?.info.endedAt;
    // A quiet log's last segment grows old too; once finished it can go.
    if (isIdle && newest !== undefined && (runningSeconds - newest) * 1000 > retention.ageMs) return this.seal();
    try {
      const keepsNewest = this.writer === undefined && !(await this.saveNumber());
      const expiry = { retention, runningSeconds, readers: readers.positions(), headroom: segmentBytes, keepsNewest };
      await this.catalog.expire(expiry, (deletion) => {
        notice(`${directory}/${describeDeletion(deletion, retention)}`);
        metrics.expired(deletion.segment.events, deletion.segment.bytes, deletion.why);
      });
    } catch (error) {
      notice(`${directory}: cannot delete old segments: ${reasonOf(error)}`);
    }
  }

  /** Its segments tell which numbers were given out: before the last of them may go it is saved. @returns whether it is */
  private async saveNumber(): Promise<boolean> {
    const { disk, directory } = this.settings;
    if (this.savedNumber === this.nextSequence || this.catalog.finished.length === 0) return true;
    try {
      await this.save();
      await disk.syncDirectory(directory);
    } catch {
      return false;
    }
    this.savedNumber = this.nextSequence;
    return true;
  }

  /** What cannot be saved makes everything a little younger after a crash. */
  private async saveState(): Promise<void> {
    const { retention, clock } = this.settings;
    this.stateSavedAt = clock.monotonic();
    if (this.isStateUsed || retention !== undefined) await this.save().catch(() => {});
  }

  /** An earlier process's number, which could not be read before, may be higher. */
  private async save(): Promise<void> {
    const { state } = this.settings;
    state.nextSequence = Math.max(state.nextSequence, this.nextSequence);
    await state.save();
    this.nextSequence = Math.max(state.nextSequence, this.nextSequence);
  }

  private async releaseSegments(below: number): Promise<void> {
    const { directory, notice } = this.settings;
    this.releaseDue = undefined;
    if (this.writer && this.writer.info.events > 0 && this.writer.info.lastSequence < below) await this.seal();
    try {
      await this.catalog.release(below);
    } catch (error) {
      notice(`${directory}: cannot delete drained segments: ${reasonOf(error)}`);
    }
  }

  /** One buffer for all groups; a giant one gets its own and does not stay. */
  private room(bytes: number): Buffer {
    if (bytes <= this.buffer.length) return this.buffer;
    const larger = Buffer.allocUnsafeSlow(bytes);
    if (bytes <= GROUP_BYTES) this.buffer = larger;
    return larger;
  }
}

const bytesOf = (group: readonly PendingAppend[]): number => group.reduce((sum, { bytes }) => sum + bytes, 0);

/** Full, or an hour old: only whole segments can be deleted for their age. */
function isFinished({ info, createdAt }: SegmentWriter, bytes: number, segmentBytes: number, now: number): boolean {
  return info.events > 0 && (info.bytes + bytes > segmentBytes || now - createdAt > HOUR_MS);
}
