import type { DiskFile } from './disk.js';

/** What a disk loses at a time: the unit in which the kernel reads it. */
const PAGE_BYTES = 4096;
/** EIO, EBADMSG and EUCLEAN: the medium, or what the file system finds on it. */
const BY_THE_MEDIUM = new Set([5, 74, 117]);

/** A disk that comes back, or finds another path to its platters, does so within this time. */
export const PATIENCE_MS = 30_000;

/** Bytes [from, to) of a file that the disk does not give. */
export interface Unreadable {
  readonly from: number;
  readonly to: number;
  readonly error: string;
}

/** Whether it is these bytes that cannot be read, and others may be; not a lack of memory, handles or rights. */
export function isByTheMedium(error: unknown): error is NodeJS.ErrnoException {
  const { errno, code } = error as NodeJS.ErrnoException;
  return code === 'EIO' || (errno !== undefined && BY_THE_MEDIUM.has(-errno));
}

/**
 * Fills `target` from `position` page by page; pages that the disk does not give are zeros, which are no record, and are told.
 *
 * @returns how many bytes there are
 * @throws what is not the medium's error
 */
export async function readByPages(file: DiskFile, target: Buffer, position: number, lost: Unreadable[]): Promise<number> {
  const end = Math.min(position + target.length, (await file.stat()).size);
  for (let from = position; from < end;) {
    const to = Math.min(end, from - (from % PAGE_BYTES) + PAGE_BYTES);
    const page = target.subarray(from - position, to - position);
    try {
      const bytes = await file.read(page, from);
      if (bytes < page.length) return from - position + bytes;
    } catch (error) {
      if (!isByTheMedium(error)) throw error;
      page.fill(0);
      lost.push({ from, to, error: error.message });
    }
    from = to;
  }
  return Math.max(0, end - position);
}
