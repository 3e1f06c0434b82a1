import { setTimeout as sleep } from 'node:timers/promises';
import type { Disk } from './disk.js';
import { durableEnd } from './durable-mark.js';
import { SegmentReader, type Damage } from './segment-reader.js';
import type { StoredRecord } from './record.js';
import { segmentNames, type SegmentName } from './segment-format.js';

/** Where to begin: at a sequence number, at a time (Unix milliseconds), or at either end of what is there. */
export type From = { readonly sequence: number } | { readonly time: number } | 'beginning' | 'end';

/** Where a reader came to: with it the next one goes on there instead of looking for its first record from the segment's start. */
export interface ReadMark {
  file: string;
  position: number;
  /** Of the last record before `position`. */
  sequence: number;
}

export interface ReadOptions {
  /** Used if it is before `from`, a sequence number; moved as records are handed out. */
  readonly mark?: ReadMark;
  readonly from?: From;
  /** Go on as the log grows, until `signal` aborts. */
  readonly follow?: boolean;
  readonly signal?: AbortSignal;
  /** How often a follower looks for more, milliseconds. */
  readonly pollMs?: number;
  /**
   * Told of bytes that are no records; reading goes on behind them. Without it bytes that the disk does not give (`error`) end
   * the reading with the disk's error, so that nobody goes past records that may come back without knowing it.
   */
  readonly onDamage?: (damage: Damage) => void;
  /** Told that reading stops for now before this record, because nobody says that it is durable; a follower is told each time it looks. */
  readonly onHeld?: (sequence: number) => void;
  /** A segment of another release is skipped. */
  readonly onForeign?: (file: string, version: number) => void;
}

/**
 * The records of a log in order, from a directory that another process may be writing to and deleting from. Takes no
 * lock, holds one window (256 KiB, or one record if that is larger) and one open file. Hands out nothing that is not durable, where
 * the writer tells (`DurableMark`).
 */
export async function* readLog(disk: Disk, directory: string, given: ReadOptions = {}): AsyncGenerator<StoredRecord> {
  const options: ReadOptions = { onDamage: endAtUnreadable, ...given };
  const list = async () => segmentNames(await disk.list(directory));
  const listed = await list();
  const from = options.from === 'end' ? { sequence: await endOf(disk, directory, listed) } : (options.from ?? 'beginning');
  const durable = new Durable(disk, directory, options.follow === true);
  let names = startingAt(listed, from);
  const done = new Done();
  /** Read as far as they went. */
  const passed = new Set<string>();
  while (!options.signal?.aborted) {
    const left = names.filter((name) => !done.has(name));
    const hasSuccessor = left.some(({ firstSequence }) => firstSequence > left[0].firstSequence);
    const name = hasSuccessor ? left[0] : left.find(({ file }) => !passed.has(file));
    if (name) {
      const isFinished = yield* readSegment(disk, directory, name, hasSuccessor, { ...options, from }, list, durable);
      if (isFinished) done.add(name);
      else passed.add(name.file);
      if (durable.isOver) return;
      // What was appended since, here and behind it, is for the next one who reads: in its order.
      if (!isFinished && !options.follow) continue;
    } else if (!options.follow || !(await idle(options))) return;
    else passed.clear();
    if (!hasSuccessor) names = await list();
  }
}

/** How far the log is durable: for those who do not follow it, when they began, so that they go past nothing. */
class Durable {
  /** All of it has been read. */
  isOver = false;
  private end: number | undefined;

  constructor(
    private readonly disk: Disk,
    private readonly directory: string,
    private readonly isFollowing: boolean,
  ) {}

  async reaches(sequence: number): Promise<boolean> {
    if (this.end === undefined || (this.isFollowing && sequence > this.end)) this.end = await durableEnd(this.disk, this.directory);
    this.isOver = sequence > this.end && !this.isFollowing;
    return sequence <= this.end;
  }
}

/**
 * Which segments have been read. Several may begin with one number: those whose first write failed, and which came back when the
 * machine died before their deletion was on the medium. One of them at most holds records.
 */
class Done {
  private number = -1;
  private readonly files = new Set<string>();

  has({ firstSequence, file }: SegmentName): boolean {
    return firstSequence < this.number || (firstSequence === this.number && this.files.has(file));
  }

  add({ firstSequence, file }: SegmentName): void {
    if (firstSequence > this.number) this.files.clear();
    this.number = firstSequence;
    this.files.add(file);
  }
}

/** @returns whether it will not grow any more, and all of it has been read */
async function* readSegment(
  disk: Disk,
  directory: string,
  name: SegmentName,
  hasSuccessor: boolean,
  options: ReadOptions,
  list: () => Promise<SegmentName[]>,
  durable: Durable,
): AsyncGenerator<StoredRecord, boolean> {
  const reader = await openSegment(disk, directory, name, options);
  if (!reader) return true;
  try {
    const wants = filterOf(options.from ?? 'beginning');
    if (hasSuccessor && (await isAllTooOld(reader, options.from))) return true;
    let hasRecords = options.mark?.file === name.file;
    for (let isFinal = hasSuccessor; ;) {
      let held: number | undefined;
      let { place } = reader;
      for await (const { record, damage } of reader.read(isFinal)) {
        if (options.signal?.aborted) return false;
        if (record !== undefined && !(await durable.reaches(record.sequence))) held = record.sequence;
        if (held !== undefined) break;
        ({ place } = reader);
        if (damage) options.onDamage?.(damage);
        else if (wants(record)) yield record;
        hasRecords ||= record !== undefined;
        if (record && options.mark) Object.assign(options.mark, { file: name.file, position: reader.position, sequence: record.sequence });
      }
      if (held !== undefined) {
        options.onHeld?.(held);
        reader.goTo(place);
        if (!options.follow || !(await idle(options))) return false;
        continue;
      }
      // The last pass began after the successor was seen, so the writer was done with this one.
      if (isFinal) return true;
      const names = await list();
      isFinal = names.some(({ firstSequence }) => firstSequence > name.firstSequence);
      if (isFinal) continue;
      // It may be another one of its number that is written to.
      const hasTwin = names.some(({ file, firstSequence }) => firstSequence === name.firstSequence && file !== name.file);
      if (!options.follow || (!hasRecords && hasTwin) || !(await idle(options))) return false;
    }
  } finally {
    await reader.close();
  }
}

async function openSegment(disk: Disk, directory: string, name: SegmentName, options: ReadOptions): Promise<SegmentReader | undefined> {
  try {
    const reader = await SegmentReader.open(disk, directory, name);
    if (!('foreign' in reader)) {
      const { mark, from } = options;
      if (mark?.file === name.file && typeof from === 'object' && 'sequence' in from && mark.sequence < from.sequence) reader.goTo(mark);
      return reader;
    }
    options.onForeign?.(name.file, reader.foreign);
  } catch (error) {
    // Retention may delete a segment between the listing and the opening.
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
  return undefined;
}

function startingAt(names: SegmentName[], from: From): SegmentName[] {
  if (typeof from !== 'object' || !('sequence' in from)) return names;
  const last = names.findLast(({ firstSequence }) => firstSequence <= from.sequence);
  return last === undefined ? names : names.filter(({ firstSequence }) => firstSequence >= last.firstSequence);
}

/** The first sequence number that is not there yet. */
async function endOf(disk: Disk, directory: string, names: SegmentName[]): Promise<number> {
  const durable = await durableEnd(disk, directory);
  const first = names.at(-1)?.firstSequence ?? 0;
  let end = first;
  for (const name of names) {
    if (name.firstSequence < first) continue;
    const reader = await openSegment(disk, directory, name, {});
    if (reader) end = Math.max(end, await endOfSegment(reader));
    else end = Math.max(end, first + 1);
  }
  return Math.min(end, durable + 1);
}

async function endOfSegment(reader: SegmentReader): Promise<number> {
  try {
    let end = reader.firstSequence;
    for await (const { record } of reader.read(false)) end = record ? record.sequence + 1 : end;
    return end;
  } finally {
    await reader.close();
  }
}

function filterOf(from: From): (record: StoredRecord) => boolean {
  if (typeof from !== 'object') return () => true;
  return 'sequence' in from ? ({ sequence }) => sequence >= from.sequence : ({ time }) => time >= from.time;
}

/** A file's last change is no earlier than its last record. */
async function isAllTooOld(reader: SegmentReader, from: From | undefined): Promise<boolean> {
  return typeof from === 'object' && 'time' in from && (await reader.stat()).mtimeMs < from.time;
}

/** @returns false when the caller has had enough */
async function idle({ pollMs = 100, signal }: ReadOptions): Promise<boolean> {
  return sleep(pollMs, true, signal ? { signal } : {}).catch(() => false);
}

function endAtUnreadable({ error }: Damage): void {
  if (error !== undefined) throw Object.assign(new Error(error), { code: 'EIO' });
}
