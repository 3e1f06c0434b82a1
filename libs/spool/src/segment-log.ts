import { recordsBytes } from './append-queue.js';
import { BackgroundDisk } from './background-disk.js';
import { readLog, type ReadOptions } from './log-reader.js';
import { openParts, type LogParts, type SegmentLogOptions } from './open-log.js';
import { MAX_PAYLOAD_BYTES, payloadBytes, type Payload, type StoredRecord } from './record.js';
import { inspectOlder, type LeftAlone } from './recovery.js';
import { SecondLook } from './second-look.js';
import type { SegmentName } from './segment-format.js';
import type { SegmentInfo } from './segment-info.js';
import { reasonOf, StorageError } from './storage-error.js';

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
    private readonly parts: LogParts,
    private readonly older: readonly SegmentName[],
  ) {
    this.inspected = this.inspect(older)
      .catch((error: unknown) => parts.report.notice(`${options.directory}: ${reasonOf(error)}`))
      .finally(() => (this.isInspecting = false));
    parts.fill?.warn(parts.catalog.held);
    this.timer = setInterval(() => this.tick(), TICK_MS).unref();
  }

  /** @throws StorageError `locked`, or `open`: the directory cannot be created, written to or read */
  static async open(options: SegmentLogOptions): Promise<SegmentLog> {
    const { parts, older } = await openParts(options);
    return new SegmentLog(options, parts, older);
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

  /** There is no segment that holds records, nor one that may: not looked at yet, or not given back by the disk. Another release's do not count. */
  get isEmpty(): boolean {
    const { bytes, leftAlone } = this.stats();
    const isUnknown = (this.isInspecting && this.older.length > 0) || leftAlone.some(({ why }) => why === 'unreadable');
    return bytes === 0 && !isUnknown;
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
