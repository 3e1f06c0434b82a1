import type { Disk } from './disk.js';
import { RECORD_HEADER_BYTES } from './record.js';
import { describeDamage, emptySegment, inspectSegment, type Inspection, type SegmentInfo } from './segment-info.js';
import { SEGMENT_HEADER_BYTES, segmentNames, type SegmentName } from './segment-format.js';

export interface RecoveryReport {
  /** Something the operator should know: names the file and the offset. */
  notice(message: string): void;
  damaged(bytes: number): void;
}

export interface Recovered {
  /** Higher than any number that was ever given out, also than those of records that damage made unreadable. */
  readonly nextSequence: number;
  /** The newest segment, if it is ours and holds records. */
  readonly newest: SegmentInfo | undefined;
  /** Those before it, not yet looked at. */
  readonly older: readonly SegmentName[];
}

/** Looks at the newest segment, where a crash leaves its traces; a segment that is not empty is never written to again. */
export async function recover(disk: Disk, directory: string, report: RecoveryReport): Promise<Recovered> {
  const names = segmentNames(await disk.list(directory));
  const last = names.pop();
  if (last === undefined) return { nextSequence: 1, newest: undefined, older: [] };
  const inspection = await recoverSegment(disk, directory, last, report);
  const lost = inspection.damages.reduce((bytes, { from, to }) => bytes + to - from, 0);
  const unread = inspection.foreign === undefined ? lost : inspection.info.bytes;
  const nextSequence = inspection.info.lastSequence + 1 + Math.ceil(unread / RECORD_HEADER_BYTES);
  return { nextSequence, newest: kept(inspection), older: names };
}

/** Reads the older segments; takes as long as the disk needs for them, so nobody waits for it. */
export async function inspectOlder(
  disk: Disk,
  directory: string,
  names: readonly SegmentName[],
  report: RecoveryReport,
  signal: AbortSignal,
): Promise<SegmentInfo[]> {
  const found: SegmentInfo[] = [];
  for (const name of names) {
    if (signal.aborted) break;
    const info = kept(await recoverSegment(disk, directory, name, report));
    if (info) found.push(info);
  }
  return found;
}

/** Another release's segment is not ours to count or to delete. */
function kept({ info, foreign }: Inspection): SegmentInfo | undefined {
  return foreign === undefined && info.bytes > 0 ? info : undefined;
}

async function recoverSegment(disk: Disk, directory: string, name: SegmentName, report: RecoveryReport): Promise<Inspection> {
  const path = `${directory}/${name.file}`;
  let inspection: Inspection;
  try {
    inspection = await inspectSegment(disk, directory, name);
  } catch (error) {
    report.notice(`${path}: cannot be read and is left alone: ${String(error)}`);
    return {
      info: emptySegment(name, 0),
      damages: [],
      foreign: undefined,
    };
  }
  const { info, damages, foreign } = inspection;
  if (foreign !== undefined) {
    report.notice(`${path}: has format version ${foreign}, written by another release; it is left alone. Run that release to read it`);
  }
  if (foreign === undefined && info.bytes <= SEGMENT_HEADER_BYTES) {
    // Created and never used: a crash between the file's birth and its first record.
    await disk.remove(path);
    info.bytes = 0;
    return { info, damages: [], foreign };
  }
  for (const damage of damages) {
    report.notice(describeDamage(damage));
    if (!damage.isTorn) report.damaged(damage.to - damage.from);
    else if (await cut(disk, path, damage.from)) info.bytes = damage.from;
  }
  return inspection;
}

/** A disk that cannot be written to does not keep us from reading: the reader skips the tail either way. */
async function cut(disk: Disk, path: string, bytes: number): Promise<boolean> {
  return disk.truncate(path, bytes).then(
    () => true,
    () => false,
  );
}
