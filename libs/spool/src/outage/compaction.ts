import { join } from 'node:path';
import { BackgroundDisk } from '../background-disk.js';
import type { Disk, DiskFile } from '../disk.js';
import { RECORD_HEADER_BYTES, writeRecord, type StoredRecord } from '../record.js';
import { SEGMENT_HEADER_BYTES } from '../segment-format.js';
import { count, type SegmentInfo } from '../segment-info.js';
import { SegmentReader } from '../segment-reader.js';

const UNFINISHED = '.compact';
const WRITE_BYTES = 1024 * 1024;

/** What a rewritten segment may keep of its size: less room than that is not worth a second copy on disk. */
const WORTHWHILE = 7 / 8;

/**
 * Rewrites a finished segment with the records that `keep` wants: their numbers, times and order stay. The new file takes the
 * old one's name and place in one step, durable before, so a crash at any moment leaves one or the other, whole. The caller syncs the
 * directory, once it knows what the file is now.
 *
 * @returns what it is now, without events when all of it may go (nothing is written then); undefined when it is damaged, or
 * holds too much for a copy to be worth it
 * @throws the disk's errors; the segment is as it was then
 */
export async function compact(
  disk: Disk,
  directory: string,
  segment: SegmentInfo,
  keep: (record: StoredRecord) => boolean,
): Promise<SegmentInfo | undefined> {
  const { firstSequence } = segment.name;
  // Its beginning stays what it was: ages go by it.
  const left = { ...segment, bytes: SEGMENT_HEADER_BYTES, events: 0, lastSequence: firstSequence - 1, newest: undefined };
  // Decided once: what is on its way may be drained before it is copied.
  const kept: number[] = [];
  for await (const record of intact(disk, directory, segment)) {
    if (record === undefined) return undefined;
    if (!keep(record)) continue;
    kept.push(record.sequence);
    left.bytes += RECORD_HEADER_BYTES + record.payload.length;
    count(left, record.sequence, record.time);
    if (left.bytes > segment.bytes * WORTHWHILE) return undefined;
  }
  if (left.events === 0) return left;
  const path = join(directory, segment.name.file);
  await disk.remove(path + UNFINISHED);
  const file = await disk.create(path + UNFINISHED);
  try {
    await file.write(await headerOf(disk, path), 0);
    const bytes = await copy(file, intact(disk, directory, segment), kept, segment);
    // A page went bad meanwhile.
    if (bytes !== left.bytes) throw new Error(`${path} changed while it was rewritten`);
    await disk.rename(path + UNFINISHED, path);
  } catch (error) {
    await disk.remove(path + UNFINISHED).catch(() => {});
    throw error;
  } finally {
    await file.close().catch(() => {});
  }
  return left;
}

/** What a crash left of a rewriting. */
export async function removeUnfinished(disk: Disk, directory: string): Promise<void> {
  for (const name of await disk.list(directory)) if (name.endsWith(`.seg${UNFINISHED}`)) await disk.remove(join(directory, name));
}

async function headerOf(disk: Disk, path: string): Promise<Buffer> {
  const file = await disk.openForReading(path);
  try {
    const header = Buffer.alloc(SEGMENT_HEADER_BYTES);
    await file.read(header, 0);
    return header;
  } finally {
    await file.close();
  }
}

/** Those with the numbers `kept`, behind the header. @returns how large the file is now; all of it is durable */
async function copy(
  file: DiskFile,
  records: AsyncIterable<StoredRecord | undefined>,
  kept: readonly number[],
  { name }: SegmentInfo,
): Promise<number> {
  let next = 0;
  let written = SEGMENT_HEADER_BYTES;
  let used = 0;
  let buffer = Buffer.allocUnsafeSlow(WRITE_BYTES);
  const flush = async () => {
    await file.write(buffer.subarray(0, used), written);
    written += used;
    used = 0;
  };
  for await (const record of records) {
    if (record === undefined || record.sequence !== kept[next]) continue;
    next++;
    const bytes = RECORD_HEADER_BYTES + record.payload.length;
    if (used + bytes > buffer.length) await flush();
    if (bytes > buffer.length) buffer = Buffer.allocUnsafeSlow(bytes);
    used = writeRecord(buffer, used, name.marker, record.sequence, record.time, [record.payload]);
  }
  await flush();
  await file.sync();
  return written;
}

/** Undefined at the first damage, and then no more. */
async function* intact(disk: Disk, directory: string, { name }: SegmentInfo): AsyncGenerator<StoredRecord | undefined> {
  const reader = await SegmentReader.open(new BackgroundDisk(disk), directory, name);
  if ('foreign' in reader) return yield undefined;
  try {
    for await (const { record } of reader.read(true)) {
      yield record;
      if (record === undefined) return;
    }
  } finally {
    await reader.close();
  }
}
