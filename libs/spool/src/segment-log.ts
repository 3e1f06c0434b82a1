import { SystemClock, type Clock } from '@app/event';
import { AppendQueue, recordsBytes } from './append-queue.js';
import { NodeDisk, type Disk, type HeldDirectory } from './disk.js';
import { GroupCommit } from './group-commit.js';
import { readLog, type ReadOptions } from './log-reader.js';
import { MAX_PAYLOAD_BYTES, payloadBytes, type Payload, type StoredRecord } from './record.js';
import { inspectOlder, recover, type LeftAlone, type RecoveryReport } from './recovery.js';
import type { Retention } from './retention.js';
import { SecondLook } from './second-look.js';
import { SegmentCatalog } from './segment-catalog.js';
import type { SegmentInfo } from './segment-info.js';
import { NoSpoolMetrics, type SpoolMetrics } from './spool.metrics.js';
import { reasonOf, StorageError } from './storage-error.js';

export interface SegmentLogOptions {
  readonly directory: string;
  /** A segment is finished when it would grow beyond this. */
  readonly segmentBytes: number;
  /** Without it nothing is ever deleted but by the caller. */
  readonly retention?: Retention | undefined;
  /** The least number for the next record: higher than those of records that have been deleted. */
  readonly firstSequence?: number;
  /** Appends beyond that many bytes waiting for the disk are refused. */
  readonly pendingBytes: number;
  /** For the operator: state changes and findings, never a payload. */
  readonly notice?: (message: string) => void;
  readonly metrics?: SpoolMetrics;
  readonly disk?: Disk;
  readonly clock?: Clock;
}

export interface LogStats {
  readonly bytes: number;
  readonly events: number;
  /** When the oldest stored record was written, Unix milliseconds. */
  readonly oldest: number | undefined;
  /** Waiting for the disk. */
  readonly pendingBytes: number;
  /** The last storage error, as long as nothing has been stored since, nor tried with success; or what the disk hangs in. */
  readonly failure: string | undefined;
  /** True until the segments of earlier runs have been read; the figures grow until then. */
  readonly isInspecting: boolean;
  /** Files that are not counted: another release wrote them, or they could not be read. */
  readonly leftAlone: readonly LeftAlone[];
}

/** So often the log looks whether its disk hangs. */
const TICK_MS = 5000;
const TICKS_A_MINUTE = 12;

/** A durable log in a directory of its own: append-only segments, group commit, whole segments deleted. */
export class SegmentLog {
  private pending = 0;
  private isClosed = false;
  private isInspecting = true;
  private readonly timer: NodeJS.Timeout;
  private readonly secondLook = new SecondLook();
  private ticks = 0;
  private isHanging = false;
  private looking: Promise<void> = Promise.resolve();

  private constructor(
    private readonly options: SegmentLogOptions,
    private readonly disk: Disk,
    private readonly lock: HeldDirectory,
    private readonly catalog: SegmentCatalog,
    private readonly queue: AppendQueue,
    private readonly commits: GroupCommit,
    private readonly report: RecoveryReport,
    inspection: Promise<void>,
    private readonly closing: AbortController,
  ) {
    this.inspected = inspection.finally(() => (this.isInspecting = false));
    this.timer = setInterval(() => this.tick(), TICK_MS).unref();
  }

  private tick(): void {
    this.lookForHang();
    if (++this.ticks % TICKS_A_MINUTE !== 0) return;
    void this.commits.tidy();
    if (this.options.retention === undefined || this.isInspecting) return;
    this.looking = this.looking.then(() => this.readAgain()).catch(() => {});
  }

  private lookForHang(): void {
    const hang = this.disk.hang('writing');
    const { directory, notice = () => {}, metrics } = this.options;
    if (hang !== undefined && !this.isHanging) {
      notice(`${directory}: cannot store: ${hang}`);
      metrics?.failed('hang');
    } else if (hang === undefined && this.isHanging) notice(`${directory}: the disk answers again`);
    this.isHanging = hang !== undefined;
  }

  /** What could not be read at open is counted, and in its turn deleted, once the disk gives it back. */
  private async readAgain(): Promise<void> {
    const unreadable = this.catalog.leftAlone.filter(({ why }) => why === 'unreadable').map(({ name }) => name);
    if (unreadable.length === 0 || !this.secondLook.isDue()) return;
    const { directory, notice = () => {} } = this.options;
    // That it cannot be read has been said before.
    const report = { ...this.report, leftAlone: () => {} };
    const { found } = await inspectOlder(this.disk, directory, unreadable, report, this.closing.signal);
    this.catalog.readAgain(found);
    for (const { name, events } of found) notice(`${directory}/${name.file}: can be read again: ${events} events`);
  }

  /** Settles when the segments of earlier runs have been read and retention has been applied. */
  readonly inspected: Promise<void>;

  /** @throws StorageError `open`: the directory cannot be created, written to or locked */
  static async open(options: SegmentLogOptions): Promise<SegmentLog> {
    const { directory, notice = () => {}, disk = new NodeDisk(), metrics = new NoSpoolMetrics(), clock = new SystemClock() } = options;
    await disk.makeDirectory(directory).catch((error: unknown) => {
      throw new StorageError('open', `cannot create ${directory}: ${reasonOf(error)}`, { cause: error });
    });
    const lock = disk.lock(directory);
    try {
      const report = { notice, leftAlone: notice, damaged: (bytes: number) => metrics.damaged(bytes) };
      const { nextSequence: recovered, newest, older, leftAlone } = await recover(disk, directory, report);
      const nextSequence = Math.max(recovered, options.firstSequence ?? 0);
      const catalog = new SegmentCatalog(disk, directory, newest ? [newest] : [], leftAlone);
      const queue = new AppendQueue();
      const commits = new GroupCommit({ ...options, disk, notice, metrics, clock }, queue, catalog, nextSequence);
      const closing = new AbortController();
      const inspection = inspectOlder(disk, directory, older, report, closing.signal)
        .then(({ found, leftAlone: aside }) => catalog.addOlder(found, aside))
        .then(() => (closing.signal.aborted ? undefined : commits.tidy()))
        .catch((error: unknown) => notice(`${directory}: ${reasonOf(error)}`));
      return new SegmentLog(options, disk, lock, catalog, queue, commits, report, inspection, closing);
    } catch (error) {
      lock.release();
      throw new StorageError('open', `cannot read ${directory}: ${reasonOf(error)}`, { cause: error });
    }
  }

  /**
   * Resolves with the first record's sequence number once all of them are on the medium; the others follow it.
   *
   * @throws StorageError; none of these records then counts as stored
   */
  append(payloads: readonly Payload[]): Promise<number> {
    if (this.isClosed) return Promise.reject(new StorageError('closed', 'the log is closed'));
    if (payloads.length === 0) return Promise.resolve(this.commits.nextSequence);
    if (payloads.some((payload) => payloadBytes(payload) > MAX_PAYLOAD_BYTES)) {
      return Promise.reject(new StorageError('record_too_big', `a record may hold ${MAX_PAYLOAD_BYTES} bytes`));
    }
    const bytes = recordsBytes(payloads);
    if (this.pending > 0 && this.pending + bytes > this.options.pendingBytes) {
      return Promise.reject(new StorageError('backlog', `${this.pending} bytes are waiting for the disk`));
    }
    this.pending += bytes;
    const stored = new Promise<number>((resolve, reject) => this.queue.push({ payloads, bytes, resolve, reject }));
    void this.commits.run();
    return stored.finally(() => (this.pending -= bytes));
  }

  /** Higher than the number of any record there is. */
  get nextSequence(): number {
    return this.commits.nextSequence;
  }

  /** Deletes whole segments, also the one being written, that hold nothing from sequence number `below` on. */
  async release(below: number): Promise<void> {
    if (this.isClosed) return;
    const firstEnd = this.catalog.firstEnd ?? this.catalog.active?.lastSequence;
    if (firstEnd !== undefined && firstEnd < below) await this.commits.release(below);
  }

  /** Its finished segments, in order; those of earlier runs once they have been inspected. */
  get sealed(): readonly SegmentInfo[] {
    return this.catalog.finished;
  }

  /** The owner has rewritten a finished segment under its name; it is deleted when nothing is left. */
  rewritten(now: SegmentInfo): Promise<void> {
    return this.catalog.rewritten(now);
  }

  /** Damage was found by reading: the file is put aside in the end, not deleted. @returns whether it passed for whole until then */
  spoil(path: string): boolean {
    return this.catalog.spoil(path);
  }

  /** Puts a segment aside of which nothing can be read, so that it is not taken for drained should it be readable one day. */
  async setAside(path: string): Promise<void> {
    await this.inspected;
    const { directory, notice } = this.options;
    await this.catalog.setAside(path).catch((error: unknown) => notice?.(`${directory}: cannot put ${path} aside: ${reasonOf(error)}`));
  }

  read(options?: ReadOptions): AsyncGenerator<StoredRecord> {
    return readLog(this.disk, this.options.directory, options);
  }

  stats(): LogStats {
    const { pending: pendingBytes, isInspecting } = this;
    const failure = this.commits.failure ?? this.disk.hang('writing');
    return { ...this.catalog.totals(), pendingBytes, failure, isInspecting, leftAlone: this.catalog.leftAlone };
  }

  /** What was appended before is stored; then the directory is free for the next owner. */
  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    clearInterval(this.timer);
    this.closing.abort();
    await this.inspected;
    await this.looking;
    await this.commits.close();
    this.lock.release();
  }
}
