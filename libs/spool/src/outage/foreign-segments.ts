import { join } from 'node:path';
import type { Disk } from '../disk.js';
import { parseSegmentName } from '../segment-format.js';
import { SegmentReader } from '../segment-reader.js';
import { DrainCursor } from './drain-cursor.js';

/**
 * Segments of another release stay where they are while this one drains past them. The release that can read them again, after
 * a rollback and the way forward, finds their names in the cursor, with how far they were drained when they were passed: it
 * moves them to `target`, an unused slot, with a cursor of their own, and what was not drained of them is sent.
 *
 * @returns whether there were any: `target` holds them now
 * @throws StorageError `locked` while somebody has either directory
 */
export async function moveReturned(disk: Disk, source: string, target: string): Promise<boolean> {
  const lock = disk.lock(source);
  try {
    const cursor = new DrainCursor(disk, source);
    await cursor.load();
    const returned = await readable(disk, source, [...cursor.foreign.keys()]);
    if (returned.length === 0) return false;
    await fill(disk, source, target, cursor, returned);
    for (const file of returned) cursor.foreign.delete(file);
    await cursor.save(true);
    return true;
  } finally {
    lock.release();
  }
}

async function fill(
  disk: Disk,
  source: string,
  target: string,
  { foreign, partitions }: DrainCursor,
  files: readonly string[],
): Promise<void> {
  await disk.makeDirectory(target);
  const lock = disk.lock(target);
  try {
    const moved = new DrainCursor(disk, target);
    // The first of them was passed first, and nothing of the others had been drained by then.
    const drained = foreign.get(files[0])!;
    moved.next = drained.next;
    for (const [lane, sequence] of drained.behind) moved.behind.set(lane, sequence);
    for (const [topic, count] of partitions) moved.partitions.set(topic, count);
    await moved.save(true);
    await disk.syncDirectory(target);
    for (const file of files) await disk.rename(join(source, file), join(target, file));
    await disk.syncDirectory(target);
    await disk.syncDirectory(source);
  } finally {
    lock.release();
  }
}

/** Those that are there and ours to read, oldest first. */
async function readable(disk: Disk, directory: string, files: readonly string[]): Promise<string[]> {
  const there = new Set(files.length === 0 ? [] : await disk.list(directory));
  const found: string[] = [];
  for (const file of files.toSorted()) {
    const name = parseSegmentName(file);
    if (name === undefined || !there.has(file)) continue;
    const reader = await SegmentReader.open(disk, directory, name);
    if ('foreign' in reader) continue;
    await reader.close();
    found.push(file);
  }
  return found;
}
