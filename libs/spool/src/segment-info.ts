import { join } from 'node:path';
import type { Disk } from './disk.js';
import { RECORD_HEADER_BYTES } from './record.js';
import { SegmentReader, type Damage } from './segment-reader.js';
import { decodeSegmentHeader, SEGMENT_HEADER_BYTES, type SegmentName } from './segment-format.js';

/** What is known of one segment file. */
export interface SegmentInfo {
  readonly name: SegmentName;
  bytes: number;
  events: number;
  /** The highest sequence number in it; one below its first when it is empty. */
  lastSequence: number;
  /** The log's running time when it was begun, seconds; 0 when it is not known: an older release wrote it, or its header is damaged. */
  begunAt: number;
  /** The same of its last record, or a little later; undefined while nothing is known of it. */
  endedAt: number | undefined;
  /** When its first and last record were written, Unix milliseconds; undefined while it is empty or unread. */
  oldest: number | undefined;
  newest: number | undefined;
  /** Bytes in it that are no records, and not just a last write cut short: it is kept for whoever wants to look. */
  damagedBytes: number;
  /** Damage was found in it later: kept as well. */
  isSpoilt?: boolean;
}

export function emptySegment(name: SegmentName, bytes = SEGMENT_HEADER_BYTES, begunAt = 0): SegmentInfo {
  const unknown = { endedAt: undefined, oldest: undefined, newest: undefined };
  return { name, bytes, events: 0, lastSequence: name.firstSequence - 1, begunAt, ...unknown, damagedBytes: 0 };
}

/** `foreign`: the version that wrote it; nothing else is known then. */
export interface Inspection {
  readonly info: SegmentInfo;
  readonly damages: readonly Damage[];
  readonly foreign: number | undefined;
}

/**
 * Reads a segment that nobody writes to from end to end and checks every byte of it.
 *
 * @throws the disk's error when it gives nothing of it
 */
export async function inspectSegment(disk: Disk, directory: string, name: SegmentName): Promise<Inspection> {
  const info = emptySegment(name);
  const damages: Damage[] = [];
  const reader = await SegmentReader.open(disk, directory, name);
  if ('foreign' in reader) return { info: { ...info, bytes: reader.size }, damages, foreign: reader.foreign };
  try {
    const { size, mtimeMs } = await reader.stat();
    info.bytes = size;
    info.begunAt = (await begunAtOf(disk, directory, name)) ?? 0;
    for await (const { record, damage } of reader.read(true)) {
      if (damage) {
        damages.push(damage);
        if (!damage.isTorn) info.damagedBytes += damage.to - damage.from;
      } else count(info, record.sequence, record.time);
    }
    const [first] = damages;
    // Nothing of it can be had: it is not damaged, the disk is.
    if (info.events === 0 && first?.from === 0 && first.error !== undefined) throw new Error(first.error);
    info.newest ??= mtimeMs;
    return { info, damages, foreign: undefined };
  } finally {
    await reader.close();
  }
}

/** What a segment's header says of when it was begun, seconds of running time; undefined when it cannot be read. */
export async function begunAtOf(disk: Disk, directory: string, name: SegmentName): Promise<number | undefined> {
  try {
    const file = await disk.openForReading(join(directory, name.file));
    try {
      const bytes = Buffer.alloc(SEGMENT_HEADER_BYTES);
      const header = decodeSegmentHeader(bytes.subarray(0, await file.read(bytes, 0)));
      return header.kind === 'ours' ? header.begunAt : undefined;
    } finally {
      await file.close();
    }
  } catch {
    return undefined;
  }
}

export function count(info: SegmentInfo, sequence: number, time: number): void {
  info.events++;
  info.lastSequence = sequence;
  info.oldest ??= time;
  info.newest = time;
}

/** For the operator: which file, where, how much, and what it means. */
export function describeDamage({ path, from, to, isTorn, error }: Damage): string {
  const where = `${path}: ${to - from} bytes from offset ${from}`;
  if (error !== undefined) return `${where} cannot be read (${error}); the records before and behind are intact. The file is kept as it is`;
  return isTorn
    ? `${where} are a write that was cut short; nobody was told that it was stored, so it is cut off`
    : `${where} are damaged and skipped; the records before and behind are intact. The file is kept as it is`;
}

export const pathOf = (directory: string, info: SegmentInfo): string => join(directory, info.name.file);

/** Damaged bytes at its end may be records, with numbers up to those of the next one. */
export function lastOf({ lastSequence, damagedBytes }: SegmentInfo, next: SegmentInfo | undefined): number {
  if (damagedBytes === 0) return lastSequence;
  return Math.min(
    lastSequence + Math.ceil(damagedBytes / RECORD_HEADER_BYTES),
    next === undefined ? Infinity : next.name.firstSequence - 1,
  );
}
