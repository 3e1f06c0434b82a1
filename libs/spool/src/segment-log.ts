import { SystemClock, type Clock } from '@app/event';
import { AppendQueue, recordsBytes } from './append-queue.js';
import { BackgroundDisk } from './background-disk.js';
import { NodeDisk, type Disk, type HeldDirectory } from './disk.js';
import { DurableMark } from './durable-mark.js';
import { GroupCommit } from './group-commit.js';
import { readLog, type ReadOptions } from './log-reader.js';
import { MAX_PAYLOAD_BYTES, payloadBytes, type Payload, type StoredRecord } from './record.js';
import { LogFill } from './log-fill.js';
import { NoReaders, type LogReaders } from './log-readers.js';
import { LogState } from './log-state.js';
import { inspectOlder, recover, sizeOf, type LeftAlone, type RecoveryReport } from './recovery.js';
import type { Retention } from './retention.js';
import { SecondLook } from './second-look.js';
import { SegmentCatalog } from './segment-catalog.js';
import type { SegmentName } from './segment-format.js';
import { begunAtOf, pathOf, type SegmentInfo } from './segment-info.js';
import { NoSpoolMetrics, type SpoolMetrics } from './spool.metrics.js';
import { reasonOf, StorageError } from './storage-error.js';

export interface SegmentLogOptions {
  readonly directory: string;
  /** A segment is finished when it would grow beyond this. */
  readonly segmentBytes: number;
  /** Without it nothing is ever deleted but by the caller. May depend on what is found. */
  readonly retention?: Retention | ((found: FoundLog) => Retention) | undefined;
  /** Whom to ask what may not be deleted yet. */
  readonly readers?: LogReaders;
  /** Other processes read it while it is written: they are told how far it is durable. */
  readonly isReadByOthers?: boolean;
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

export type FoundLog = { /** A release without running time began it. */ readonly isOfOlderRelease: boolean; readonly bytes: number };

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
  /** Bytes that it may hold; undefined without a limit. */
  readonly limit: number | undefined;
  /** Appends are refused for want of room. */
  readonly isFull: boolean;
  /** Files that are not counted: another release wrote them, or they could not be read. */
  readonly leftAlone: readonly LeftAlone[];
}

/** So often the log looks whether its disk hangs. */
const TICK_MS = 5000;
const TICKS_A_MINUTE = 12;

/** What a log is made of. */
interface Parts {
  readonly disk: Disk;
  readonly lock: HeldDirectory;
  readonly catalog: SegmentCatalog;
  readonly queue: AppendQueue;
  readonly commits: GroupCommit;
  readonly state: LogState;
  /** Of a log with a limit. */
  readonly fill: LogFill | undefined;
  readonly readers: LogReaders;
  readonly report: RecoveryReport;
}

/** A durable log in a directory of its own: append-only segments, group commit, whole segments deleted. */
export class SegmentLog {
  private pending = 0;
  private isClosed = false;
  private isInspecting = true;
  private readonly timer: NodeJS.Timeout;
  private readonly secondLook = new SecondLook();
  private readonly closing = new AbortController();
  private ticks = 0;
  private isHanging = false;
  private looking: Promise<void> = Promise.resolve();
  /** Settles when the segments of earlier runs have been read and retention has been applied. */
  readonly inspected: Promise<void>;

  private constructor(
    private readonly options: SegmentLogOptions,
    private readonly parts: Parts,
    older: readonly SegmentName[],
  ) {
    this.inspected = this.inspect(older)
      .catch((error: unknown) => parts.report.notice(`${options.directory}: ${reasonOf(error)}`))
      .finally(() => (this.isInspecting = false));
    parts.fill?.warn(parts.catalog.held);
    this.timer = setInterval(() => this.tick(), TICK_MS).unref();
  }

  /** @throws StorageError `open`: the directory cannot be created, written to or locked */
  static async open(options: SegmentLogOptions): Promise<SegmentLog> {
    const { directory, disk = new NodeDisk() } = options;
    await disk.makeDirectory(directory).catch((error: unknown) => {
      throw new StorageError('open', `cannot create ${directory}: ${reasonOf(error)}`, { cause: error });
    });
    const lock = disk.lock(directory);
    try {
      return await SegmentLog.openLocked(options, disk, lock);
    } catch (error) {
      lock.release();
      throw new StorageError('open', `cannot read ${directory}: ${reasonOf(error)}`, { cause: error });
    }
  }

  private static async openLocked(options: SegmentLogOptions, disk: Disk, lock: HeldDirectory): Promise<SegmentLog> {
    const { directory, notice = () => {}, metrics = new NoSpoolMetrics(), clock = new SystemClock(), readers = new NoReaders() } = options;
    const report = { notice, leftAlone: notice, damaged: (bytes: number) => metrics.damaged(bytes) };
    const { nextSequence, newest, older, leftAlone } = await recover(disk, directory, report);
    const firstBegunAt = async () => (older.length > 0 ? begunAtOf(disk, directory, older[0]) : newest?.begunAt);
    const isOfOlderRelease = async () => options.retention !== undefined && (await firstBegunAt()) === 0;
    const state = await LogState.load(disk, directory, clock, notice, newest?.begunAt, isOfOlderRelease);
    const olderBytes = options.retention ? await bytesOf(disk, directory, older) : 0;
    const foundLog = { isOfOlderRelease: state.isOfOlderRelease, bytes: olderBytes + (newest?.bytes ?? 0) };
    const retention = typeof options.retention === 'function' ? options.retention(foundLog) : options.retention;
    const segmentBytes = Math.min(options.segmentBytes, Math.ceil((retention?.bytes ?? Infinity) / 2));
    const catalog = new SegmentCatalog(disk, directory, newest ? [newest] : [], leftAlone, state.runningSeconds, olderBytes);
    const queue = new AppendQueue();
    const firstSequence = Math.max(nextSequence, options.firstSequence ?? 0);
    const durable = options.isReadByOthers ? await markDurable(disk, directory, newest, firstSequence - 1) : undefined;
    const settings = { directory, segmentBytes, retention, state, readers, durable, disk, notice, metrics, clock };
    const commits = new GroupCommit(settings, queue, catalog, firstSequence);
    const fill = retention && new LogFill(directory, retention, notice);
    return new SegmentLog(options, { disk, lock, catalog, queue, commits, state, fill, readers, report }, older);
  }

  /** Reads what earlier runs have left, while this one is in use. */
  private async inspect(older: readonly SegmentName[]): Promise<void> {
    const { disk, catalog, commits, report } = this.parts;
    const { found, leftAlone } = await inspectOlder(new BackgroundDisk(disk), this.options.directory, older, report, this.closing.signal);
    catalog.addOlder(found, leftAlone);
    if (!this.closing.signal.aborted) await commits.tidy();
  }

  private tick(): void {
    this.lookForHang();
    if (++this.ticks % TICKS_A_MINUTE !== 0) return;
    void this.parts.commits.tidy();
    if (this.parts.fill === undefined || this.isInspecting) return;
    this.looking = this.looking.then(() => this.readAgain()).catch(() => {});
  }

  private lookForHang(): void {
    const hang = this.parts.disk.hang('foreground');
    const { directory, notice = () => {}, metrics } = this.options;
    if (hang !== undefined && !this.isHanging) {
      notice(`${directory}: cannot store: ${hang}`);
      metrics?.failed('hang');
    } else if (hang === undefined && this.isHanging) notice(`${directory}: the disk answers again`);
    this.isHanging = hang !== undefined;
  }

  /** What could not be read at open is counted, and in its turn deleted, once the disk gives it back. */
  private async readAgain(): Promise<void> {
    const unreadable = this.parts.catalog.leftAlone.filter(({ why }) => why === 'unreadable').map(({ name }) => name);
    if (unreadable.length === 0 || !this.secondLook.isDue()) return;
    const { directory, notice = () => {} } = this.options;
    // That it cannot be read has been said before.
    const report = { ...this.parts.report, leftAlone: () => {} };
    const { found } = await inspectOlder(new BackgroundDisk(this.parts.disk), directory, unreadable, report, this.closing.signal);
    this.parts.catalog.readAgain(found);
    for (const { name, events } of found) notice(`${directory}/${name.file}: can be read again: ${events} events`);
  }

  /**
   * Resolves with the first record's sequence number once all of them are on the medium; the others follow it.
   *
   * @throws StorageError; none of these records then counts as stored
   */
  append(payloads: readonly Payload[]): Promise<number> {
    if (this.isClosed) return Promise.reject(new StorageError('closed', 'the log is closed'));
    if (payloads.length === 0) return Promise.resolve(this.parts.commits.nextSequence);
    if (payloads.some((payload) => payloadBytes(payload) > MAX_PAYLOAD_BYTES)) {
      return Promise.reject(new StorageError('record_too_big', `a record may hold ${MAX_PAYLOAD_BYTES} bytes`));
    }
    const bytes = recordsBytes(payloads);
    if (this.pending > 0 && this.pending + bytes > this.options.pendingBytes) {
      return Promise.reject(new StorageError('backlog', `${this.pending} bytes are waiting for the disk`));
    }
    const refusal = this.parts.fill?.refusal(this.parts.catalog.held + this.pending, bytes);
    if (refusal !== undefined) {
      // What everybody has read may go.
      if (this.parts.readers.positions().length > 0) void this.parts.commits.tidy();
      return Promise.reject(refusal);
    }
    this.pending += bytes;
    const stored = new Promise<number>((resolve, reject) => this.parts.queue.push({ payloads, bytes, resolve, reject }));
    void this.parts.commits.run();
    return stored.finally(() => (this.pending -= bytes));
  }

  /** Higher than the number of any record there is. */
  get nextSequence(): number {
    return this.parts.commits.nextSequence;
  }

  /** Deletes whole segments, also the one being written, that hold nothing from sequence number `below` on. */
  async release(below: number): Promise<void> {
    if (this.isClosed) return;
    const firstEnd = this.parts.catalog.firstEnd ?? this.parts.catalog.active?.lastSequence;
    if (firstEnd !== undefined && firstEnd < below) await this.parts.commits.release(below);
  }

  /** Its finished segments, in order; those of earlier runs once they have been inspected. */
  get sealed(): readonly SegmentInfo[] {
    return this.parts.catalog.finished;
  }

  /** The owner has rewritten a finished segment under its name; it is deleted when nothing is left. */
  rewritten(now: SegmentInfo): Promise<void> {
    return this.parts.catalog.rewritten(now);
  }

  /** Damage was found by reading: the file is put aside in the end, not deleted. @returns whether it passed for whole until then */
  spoil(path: string): boolean {
    return this.parts.catalog.spoil(path);
  }

  /** Puts a segment aside of which nothing can be read, so that it is not taken for drained should it be readable one day. */
  async setAside(path: string): Promise<void> {
    await this.inspected;
    const { directory, notice } = this.options;
    await this.parts.catalog
      .setAside(path)
      .catch((error: unknown) => notice?.(`${directory}: cannot put ${path} aside: ${reasonOf(error)}`));
  }

  read(options?: ReadOptions): AsyncGenerator<StoredRecord> {
    return readLog(new BackgroundDisk(this.parts.disk), this.options.directory, options);
  }

  stats(): LogStats {
    const { pending: pendingBytes, isInspecting } = this;
    const failure = this.parts.commits.failure ?? this.parts.disk.hang('foreground');
    return { ...this.parts.catalog.totals(), pendingBytes, failure, isInspecting, ...this.room(), leftAlone: this.parts.catalog.leftAlone };
  }

  private room(): Pick<LogStats, 'limit' | 'isFull'> {
    return { limit: this.parts.fill?.limit, isFull: this.parts.fill?.isFull ?? false };
  }

  /** How old a record is, milliseconds of the log's running time, in which a wall clock that steps and a gateway that is off count for nothing. */
  ageMs({ sequence, time }: Pick<StoredRecord, 'sequence' | 'time'>): number {
    const { runningSeconds } = this.parts.state;
    return Math.max(0, runningSeconds - (this.parts.catalog.writtenAt(sequence, time, runningSeconds) ?? runningSeconds)) * 1000;
  }

  /** The same of the oldest one; 0 without one. */
  get oldestAgeMs(): number {
    return Math.max(0, this.parts.state.runningSeconds - (this.parts.catalog.oldestAt ?? Infinity)) * 1000;
  }

  /** Deletes by the rules of an older release end here: somebody has said what is to happen when the log is full. */
  settle(): void {
    this.parts.state.settle();
  }

  /** What was appended before is stored; then the directory is free for the next owner. */
  async close(): Promise<void> {
    if (this.isClosed) return;
    this.isClosed = true;
    clearInterval(this.timer);
    this.closing.abort();
    await this.inspected;
    await this.looking;
    await this.parts.commits.close();
    this.parts.lock.release();
  }
}

async function bytesOf(disk: Disk, directory: string, names: readonly SegmentName[]): Promise<number> {
  let bytes = 0;
  for (const name of names) bytes += (await sizeOf(disk, directory, name)) ?? 0;
  return bytes;
}

/** What a process left that was killed may not be on the medium yet, and may be read from now on. */
async function markDurable(disk: Disk, directory: string, newest: SegmentInfo | undefined, sequence: number): Promise<DurableMark> {
  if (newest) await disk.truncate(pathOf(directory, newest), newest.bytes).catch(() => {});
  const mark = new DurableMark(disk, directory);
  await mark.set(sequence);
  return mark;
}
