import type { Disk } from './disk.js';
import { RECORD_HEADER_BYTES } from './record.js';
import { describeDamage, emptySegment, inspectSegment, type Inspection, type SegmentInfo } from './segment-info.js';
import { SEGMENT_HEADER_BYTES, segmentNames, type SegmentName } from './segment-format.js';

export interface RecoveryReport {
  /** Something the operator should know: names the file and the offset. */
  notice(message: string): void;
  /** The same, of a file that is not used. */
  leftAlone(message: string): void;
  damaged(bytes: number): void;
}

/** A segment that stays on disk and is neither counted nor deleted, because nobody knows what is in it. */
export interface LeftAlone {
  readonly name: SegmentName;
  /** `foreign`: another release wrote it; `unreadable`: the disk does not give it back. */
  readonly why: 'foreign' | 'unreadable';
}

export interface Recovered {
  /** Higher than any number that was ever given out, also than those of records that damage or the disk made unreadable. */
  readonly nextSequence: number;
  /** The newest segment, if it is ours and holds records. */
  readonly newest: SegmentInfo | undefined;
  /** Those before it, not yet looked at. */
  readonly older: readonly SegmentName[];
  readonly leftAlone: readonly LeftAlone[];
}

/**
 * A segment of unknown size holds fewer records: 2^31 of them take 77 GB without any payload. Numbers go up to 2^53, so that there
 * are millions of such steps.
 */
const MOST_RECORDS = 2 ** 31;

/** Looks at the newest segment, where a crash leaves its traces; a segment that is not empty is never written to again. */
export async function recover(disk: Disk, directory: string, report: RecoveryReport): Promise<Recovered> {
  const names = segmentNames(await disk.list(directory));
  let nextSequence = 1;
  for (let last = names.pop(); last !== undefined; last = names.pop()) {
    const { inspection, leftAlone } = await recoverSegment(disk, directory, last, report);
    const next = inspection.info.lastSequence + 1 + (await unreadRecords(disk, directory, inspection, leftAlone));
    nextSequence = Math.max(nextSequence, next);
    const newest = kept(inspection, leftAlone);
    // One that was never used tells nothing: that before it may begin with the same number, and have given it out.
    if (newest || leftAlone) return { nextSequence, newest, older: names, leftAlone: leftAlone ? [leftAlone] : [] };
  }
  return { nextSequence, newest: undefined, older: [], leftAlone: [] };
}

/** How many numbers may have been given out in what was not read. */
async function unreadRecords(disk: Disk, directory: string, { info, damages }: Inspection, leftAlone?: LeftAlone): Promise<number> {
  if (leftAlone === undefined) {
    const damaged = damages.reduce((bytes, { from, to }) => bytes + to - from, 0);
    return Math.ceil(damaged / RECORD_HEADER_BYTES);
  }
  const bytes = leftAlone.why === 'foreign' ? info.bytes : await sizeOf(disk, directory, info.name);
  return bytes === undefined ? MOST_RECORDS : Math.ceil(bytes / RECORD_HEADER_BYTES);
}

/** Bytes of a segment's file; undefined when not even that can be told. */
export async function sizeOf(disk: Disk, directory: string, name: SegmentName): Promise<number | undefined> {
  try {
    const file = await disk.openForReading(`${directory}/${name.file}`);
    try {
      return (await file.stat()).size;
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

/** Reads the older segments; takes as long as the disk needs for them, so nobody waits for it. */
export async function inspectOlder(
  disk: Disk,
  directory: string,
  names: readonly SegmentName[],
  report: RecoveryReport,
  signal: AbortSignal,
): Promise<{ found: SegmentInfo[]; leftAlone: LeftAlone[] }> {
  const found: SegmentInfo[] = [];
  const aside: LeftAlone[] = [];
  for (const name of names) {
    if (signal.aborted) break;
    const { inspection, leftAlone } = await recoverSegment(disk, directory, name, report);
    const info = kept(inspection, leftAlone);
    if (info) found.push(info);
    if (leftAlone) aside.push(leftAlone);
  }
  return { found, leftAlone: aside };
}

/** What is left alone is not ours to count or to delete. */
function kept({ info }: Inspection, leftAlone: LeftAlone | undefined): SegmentInfo | undefined {
  return leftAlone === undefined && info.bytes > 0 ? info : undefined;
}

async function recoverSegment(
  disk: Disk,
  directory: string,
  name: SegmentName,
  report: RecoveryReport,
): Promise<{ inspection: Inspection; leftAlone?: LeftAlone }> {
  const path = `${directory}/${name.file}`;
  let inspection: Inspection;
  try {
    inspection = await inspectSegment(disk, directory, name);
  } catch (error) {
    report.leftAlone(`${path}: cannot be read and is left alone: ${String(error)}. Its numbers are not given out again`);
    return { inspection: { info: emptySegment(name, 0), damages: [], foreign: undefined }, leftAlone: { name, why: 'unreadable' } };
  }
  const { info, damages, foreign } = inspection;
  if (foreign !== undefined) {
    report.leftAlone(`${path}: has format version ${foreign}, written by another release; it is left alone. Run that release to read it`);
    return { inspection, leftAlone: { name, why: 'foreign' } };
  }
  if (info.bytes <= SEGMENT_HEADER_BYTES) {
    // Created and never used: a crash between the file's birth and its first record.
    await disk.remove(path);
    info.bytes = 0;
    return { inspection: { info, damages: [], foreign } };
  }
  for (const damage of damages) {
    report.notice(describeDamage(damage));
    if (!damage.isTorn) report.damaged(damage.to - damage.from);
    else if (await cut(disk, path, damage.from)) info.bytes = damage.from;
  }
  return { inspection };
}

/** A disk that cannot be written to does not keep us from reading: the reader skips the tail either way. */
async function cut(disk: Disk, path: string, bytes: number): Promise<boolean> {
  return disk.truncate(path, bytes).then(
    () => true,
    () => false,
  );
}
