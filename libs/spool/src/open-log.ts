import { SystemClock, type Clock } from '@app/event';
import { AppendQueue } from './append-queue.js';
import { NodeDisk, type Disk, type HeldDirectory } from './disk.js';
import { durableEnd, DurableMark } from './durable-mark.js';
import { GroupCommit } from './group-commit.js';
import { LogFill } from './log-fill.js';
import { NoReaders, type LogReaders } from './log-readers.js';
import { LogState } from './log-state.js';
import { recover, sizeOf, type RecoveryReport } from './recovery.js';
import type { Retention } from './retention.js';
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

/** What a log is made of. */
export interface LogParts {
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

/** What was found in a directory, made ready for use. */
export interface OpenedLog {
  readonly parts: LogParts;
  /** Segments of earlier runs that nobody has looked at yet. */
  readonly older: readonly SegmentName[];
}

/** Makes the directory, locks it and reads its newest segment. @throws StorageError `locked`, or `open` */
export async function openParts(options: SegmentLogOptions): Promise<OpenedLog> {
  const { directory, disk = new NodeDisk() } = options;
  await disk.makeDirectory(directory).catch((error: unknown) => {
    throw new StorageError('open', `cannot create ${directory}: ${reasonOf(error)}`, { cause: error });
  });
  const lock = disk.lock(directory);
  try {
    return await openLocked(options, disk, lock);
  } catch (error) {
    lock.release();
    throw new StorageError('open', `cannot read ${directory}: ${reasonOf(error)}`, { cause: error });
  }
}

async function openLocked(options: SegmentLogOptions, disk: Disk, lock: HeldDirectory): Promise<OpenedLog> {
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
  const firstSequence = Math.max(
    nextSequence,
    options.firstSequence ?? 0,
    state.nextSequence,
    await numberBehindMark(options, disk, newest === undefined && state.isUnread),
  );
  const durable = options.isReadByOthers ? await markDurable(disk, directory, newest, firstSequence - 1) : undefined;
  const settings = { directory, segmentBytes, retention, state, readers, durable, disk, notice, metrics, clock };
  const commits = new GroupCommit(settings, queue, catalog, firstSequence);
  const fill = retention && new LogFill(directory, retention, notice);
  return { parts: { disk, lock, catalog, queue, commits, state, fill, readers, report }, older };
}

async function bytesOf(disk: Disk, directory: string, names: readonly SegmentName[]): Promise<number> {
  let bytes = 0;
  for (const name of names) bytes += (await sizeOf(disk, directory, name)) ?? 0;
  return bytes;
}

/** The mark is never ahead of what is durable: it knows numbers that retention has deleted since the state was saved. */
async function numberBehindMark({ directory, isReadByOthers }: SegmentLogOptions, disk: Disk, isLastWord: boolean): Promise<number> {
  const read = isReadByOthers ? durableEnd(disk, directory) : Promise.resolve(0);
  // Where nothing else knows the numbers that were given out, none is given out.
  const end = await (isLastWord ? read : read.catch(() => 0));
  return end === Infinity ? 0 : end + 1;
}

/** What a process left that was killed may not be on the medium yet, and may be read from now on. */
async function markDurable(disk: Disk, directory: string, newest: SegmentInfo | undefined, sequence: number): Promise<DurableMark> {
  if (newest) await disk.truncate(pathOf(directory, newest), newest.bytes).catch(() => {});
  const mark = new DurableMark(disk, directory);
  await mark.set(sequence);
  return mark;
}
